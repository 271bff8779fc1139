/// Tags and inputs that programs over the network give.
extension Store {
    /// Sets tags of a run, all or none; the name, the note, the seed and the architecture among them are the run's own.
    func setRemoteTags(_ tags: [(key: String, value: String)], of run: Int64) throws {
        guard !tags.isEmpty else { return }
        let insert = try connection.prepare(PackageResources.insertTag_sql)
        let now = Moment.now
        for (key, value) in tags {
            switch key {
            case Self.seedTag: try setSeed(value, of: run, isReplacing: true)
            case Self.architectureTag: try setArchitecture(value, of: run, isReplacing: true)
            default: try Self.checkKey(key, of: "tag")
            }
            try insert.run(run, key, value, now)
            if key == Self.nameTag, !value.isEmpty {
                try connection.prepare(PackageResources.updateRemoteRun_sql)
                    .run(run, RunStatus?.none, Int64?.none, value, now)
            }
            if key == Self.noteTag { try insert.run(run, "note", value, now) }
        }
    }

    /// Removes a tag of a run.
    ///
    /// - Returns: whether it was there.
    /// - Throws: ``StoreError`` when the run is not there or deleted; ``SQLiteError``.
    public func removeRemoteTag(_ key: String, of uuid: String) throws -> Bool {
        try connection.transaction {
            let state = try openRemote(uuid)
            guard try tags(of: state.run).contains(where: { $0.key.isExactly(key) }) else { return false }
            let now = Moment.now
            try connection.prepare(PackageResources.noteTagRemoval_sql).run(state.run, key, now)
            try connection.prepare(PackageResources.deleteTag_sql).run(state.run, key)
            try connection.prepare(PackageResources.noteRemoteLife_sql).run(state.run, now)
            return true
        }
    }

    // MARK: Inputs

    /// Notes what a run was given to read; what is noted already stays.
    ///
    /// - Throws: ``StoreError`` when the run is not there or deleted; ``SQLiteError``.
    public func addInputs(_ inputs: [RunInput], to uuid: String) throws {
        try connection.transaction {
            let state = try openRemote(uuid)
            let insert = try connection.prepare(PackageResources.insertRunInput_sql)
            let now = Moment.now
            for (index, input) in inputs.enumerated() {
                let content = input.content(at: now &* 1000 &+ Int64(index))
                try insert.run(state.run, input.name, input.digest, content)
            }
            try connection.prepare(PackageResources.noteRemoteLife_sql).run(state.run, now)
        }
    }

    /// The data sets that runs of experiments were given to read, each once.
    ///
    /// - Parameters:
    ///   - experiments: the ids of the experiments.
    ///   - limit: at most so many.
    /// - Returns: the id of the experiment, name and digest, and what the data set was for where that was said.
    /// - Throws: ``SQLiteError``.
    public func inputs(
        ofExperiments experiments: [Int64],
        limit: Int
    ) throws(SQLiteError) -> [(experiment: Int64, name: String, digest: String, context: String)] {
        let list = try connection.prepare(PackageResources.listInputsOfExperiments_sql)
        try list.bind(Self.list(experiments), limit)
        return try list.rows { (experiment: Int64, name: String, digest: String, context: String) in
            (experiment, name, digest, context)
        }
    }
}
