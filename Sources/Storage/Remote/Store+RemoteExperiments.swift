/// An experiment as programs over the network know it.
public struct RemoteExperiment: Sendable, Equatable {
    public let id: Int64
    public let name: String
    public let lifecycle: Lifecycle
    /// Milliseconds since 1970.
    public let created: Int64
    /// Milliseconds since 1970; when the experiment itself was changed last.
    public let updated: Int64
    /// Where another program said that its artifacts lie; shown and never read.
    public let artifactLocation: String?
}

extension Store {
    /// The experiment of an id, deleted or not; nil where there is none.
    public func remoteExperiment(id: Int64) throws(SQLiteError) -> RemoteExperiment? {
        let find = try connection.prepare(PackageResources.findRemoteExperiment_sql)
        try find.bind(id)
        return try find.first(as: RemoteExperiment.init)
    }

    /// The experiment of a name, deleted or not; nil where there is none.
    public func remoteExperiment(named name: String) throws(SQLiteError) -> RemoteExperiment? {
        let find = try connection.prepare(PackageResources.findRemoteExperimentByName_sql)
        try find.bind(name)
        return try find.first(as: RemoteExperiment.init)
    }

    /// A part of the experiments, ordered as a search says.
    ///
    /// - Parameters:
    ///   - search: which, and in which order; by their ids where it says nothing.
    ///   - lifecycles: whether those that were deleted, or the others, or both.
    ///   - offset: how many are left out before them.
    ///   - limit: at most so many.
    /// - Returns: the experiments.
    /// - Throws: ``SQLiteError``.
    public func remoteExperiments(
        matching search: RemoteSearch,
        lifecycles: [Lifecycle],
        offset: Int,
        limit: Int
    ) throws(SQLiteError) -> [RemoteExperiment] {
        try RemoteSearchSQL(search, parameters: 3)
            .statement(
                PackageResources.listRemoteExperiments_sql,
                on: connection,
                JSON.array(lifecycles.map { .string($0.rawValue) }).text,
                limit,
                offset
            )
            .rows(as: RemoteExperiment.init)
    }

    /// Makes an experiment.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - artifactLocation: where a program says that its artifacts lie; shown and never read.
    ///   - tags: its tags, in order; a later one of the same key counts.
    /// - Returns: its id.
    /// - Throws: ``StoreError`` when the name is empty or taken, also by a deleted experiment, or for a key that breaks the
    ///   rules; ``SQLiteError``.
    public func createRemoteExperiment(
        named name: String,
        artifactLocation: String? = nil,
        tags: [(key: String, value: String)] = []
    ) throws -> Int64 {
        for tag in tags { try Self.checkKey(tag.key, of: "tag") }
        return try connection.transaction {
            try createExperiment(named: name)
            guard let made = try remoteExperiment(named: name) else {
                throw StoreError.noExperiment(name: name, path: path)
            }
            if let artifactLocation {
                try connection.prepare(PackageResources.setArtifactLocation_sql).run(made.id, artifactLocation)
            }
            let insert = try connection.prepare(PackageResources.insertExperimentTag_sql)
            for tag in tags { try insert.run(made.id, tag.key, tag.value) }
            return made.id
        }
    }
}
