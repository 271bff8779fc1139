extension Recorder {
    /// Notes a param of a run that has begun.
    ///
    /// A param is given once; the same value again is no mistake.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - key: the param's name.
    ///   - value: kept as it is given.
    /// - Throws: ``StoreError`` when the run has another value for the param, or has ended, or the key is none;
    ///   ``SQLiteError``.
    public mutating func log(_ run: OpenRun, param key: String, _ value: SQLValue) throws {
        try Store.checkKey(key, of: "param")
        try checkOpen(run)
        let find = try store.connection.prepare(PackageResources.findParam_sql)
        try find.bind(run.number, key)
        if let known = try find.first(as: { (value: SQLValue) in value }) {
            guard known == value else {
                throw StoreError.paramGiven(key: key, value: JSON(known).text)
            }
            return
        }
        try commit { recorder in
            try recorder.checkPresence(of: run.number)
            try recorder.store.connection.prepare(PackageResources.insertParam_sql).run(run.number, key, value)
            try recorder.store.noteChange(of: [run.number])
        }
    }

    /// Sets a tag of a run, in the place of an earlier value.
    ///
    /// - Throws: ``StoreError`` for a key that is none, or when the run has ended or was deleted; ``SQLiteError``.
    public mutating func log(_ run: OpenRun, tag key: String, _ value: String) throws {
        try Store.checkKey(key, of: "tag")
        try note(run, tag: key, value)
    }

    /// Sets a tag as ``log(_:tag:_:)`` does, also one of Varve's own.
    mutating func note(_ run: OpenRun, tag key: String, _ value: String) throws {
        try checkOpen(run)
        try commit { recorder in
            try recorder.checkPresence(of: run.number)
            try recorder.store.connection.prepare(PackageResources.insertTag_sql).run(
                run.number,
                key,
                value,
                Moment.now
            )
            try recorder.store.noteChange(of: [run.number])
        }
    }

    /// Puts a file into a run that has begun, in the place of an earlier one of the same path.
    ///
    /// - Throws: ``StoreError`` for a path that is none, when the run has ended or was deleted, or the disk does not take the
    ///   content; ``SQLiteError``.
    public mutating func put(_ content: ArtifactContent, of run: OpenRun, at path: String) throws {
        try checkOpen(run)
        try store.putArtifact(content, of: run.number, at: path)
    }
}
