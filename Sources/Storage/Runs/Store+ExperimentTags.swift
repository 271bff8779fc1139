extension Store {
    /// The experiment of an id, deleted or not; looks at every run.
    public func experiment(id: Int64) throws(SQLiteError) -> ExperimentRecord? {
        let find = try connection.prepare(PackageResources.findExperimentRecord_sql)
        try find.bind(id)
        return try find.first(as: ExperimentRecord.init)
    }

    /// The tags of an experiment, by key.
    public func tags(ofExperiment id: Int64) throws(SQLiteError) -> [Entry] {
        let list = try connection.prepare(PackageResources.listExperimentTags_sql)
        try list.bind(id)
        return try list.rows(as: Entry.init)
    }

    /// Sets and removes tags of an experiment, all or none.
    ///
    /// - Parameters:
    ///   - id: the experiment.
    ///   - tags: the tags to set, in order; a later one of the same key counts.
    ///   - removed: the keys of the tags to remove, where they are.
    /// - Throws: ``StoreError`` when there is no such experiment, or for a key that breaks the rules
    ///   (``StoreError/badKey(_:of:rule:)``); ``SQLiteError``.
    public func tagExperiment(
        _ id: Int64,
        with tags: [(key: String, value: String)],
        removing removed: [String] = []
    ) throws {
        for key in tags.map(\.key) + removed { try Self.checkKey(key, of: "tag") }
        try connection.transaction {
            guard let experiment = try experiment(id: id) else {
                throw StoreError.noExperiment(name: id.description, path: path)
            }
            let insert = try connection.prepare(PackageResources.insertExperimentTag_sql)
            let delete = try connection.prepare(PackageResources.deleteExperimentTag_sql)
            for key in removed { try delete.run(id, key) }
            for tag in tags { try insert.run(id, tag.key, tag.value) }
            try connection.prepare(PackageResources.setExperimentLifecycle_sql)
                .run(id, experiment.lifecycle, Moment.now)
            try checkChange(ofExperiment: experiment.name)
        }
    }
}
