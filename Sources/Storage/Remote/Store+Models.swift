/// A model that was logged.
public struct LoggedModel: Sendable, Equatable {
    /// `m-` and 32 hexadecimal digits.
    public let id: String
    /// The number of the run that logged it; nil for none.
    public let run: Int64?
    /// That run's uuid.
    public let runUUID: String?
    /// The id of its experiment.
    public let experiment: Int64
    /// Milliseconds since 1970.
    public let created: Int64
    public let updated: Int64
    /// JSON: what is said of it.
    public let content: String

    /// Where its files are among the artifacts.
    public var folder: String { "models/\(id)" }
    /// The run whose artifacts they are.
    public var artifactRun: Int64 { run ?? Artifact.noRun }
}

extension Store {
    /// Notes a model.
    ///
    /// - Parameters:
    ///   - experiment: the id of its experiment.
    ///   - run: the uuid of the run that logs it; nil for none.
    ///   - content: JSON: what is said of it.
    /// - Returns: the model, with its id.
    /// - Throws: ``StoreError`` when the experiment or the run is not there or deleted; ``SQLiteError``.
    public func addModel(experiment: Int64, run: String?, content: String) throws -> LoggedModel {
        try connection.transaction {
            guard let found = try remoteExperiment(id: experiment) else {
                throw StoreError.noExperiment(name: experiment.description, path: path)
            }
            guard found.lifecycle == .active else { throw StoreError.experimentIsDeleted(name: found.name) }
            let source = try run.map { uuid in
                guard let run = try remoteRun(uuid) else { throw StoreError.noRun(word: uuid, path: path) }
                guard run.lifecycle == .active else { throw StoreError.runIsDeleted(number: run.number) }
                return run.number
            }
            let id = "m-" + RunStarter.newUUID()
            try connection.prepare(PackageResources.insertModel_sql).run(id, source, experiment, Moment.now, content)
            if let source { try connection.prepare(PackageResources.noteRemoteLife_sql).run(source, Moment.now) }
            guard let model = try model(id) else { throw StoreError.notReadBack(what: "model \(id)", path: path) }
            return model
        }
    }

    /// The model of an id; nil where there is none.
    public func model(_ id: String) throws(SQLiteError) -> LoggedModel? {
        let find = try connection.prepare(PackageResources.findModel_sql)
        try find.bind(id)
        return try find.first(as: LoggedModel.init)
    }

    /// Changes what is said of a model.
    ///
    /// - Throws: ``SQLiteError``.
    public func updateModel(_ id: String, content: String) throws(SQLiteError) {
        try connection.prepare(PackageResources.updateModel_sql).run(id, Moment.now, content)
    }

    /// The models of some experiments, the latest first.
    public func models(ofExperiments experiments: [Int64]) throws(SQLiteError) -> [LoggedModel] {
        let list = try connection.prepare(PackageResources.listModels_sql)
        try list.bind(Self.list(experiments))
        return try list.rows(as: LoggedModel.init)
    }

    /// The folders in which the files of a run's models are among its artifacts.
    public func modelFolders(of run: Int64) throws -> [ArtifactPath] {
        let list = try connection.prepare(PackageResources.listModelsOfRun_sql)
        try list.bind(run)
        return try list.rows { (id: String) in id }.map { try ArtifactPath("models/\($0)") }
    }

    /// Puts a file into a run or, with ``Artifact/noRun``, into a model without one, as a program over the network does.
    ///
    /// - Parameters:
    ///   - content: what it holds.
    ///   - run: the number of the run.
    ///   - path: where it is to be.
    /// - Throws: as ``putArtifact(_:of:at:mime:)``.
    public func putRemoteArtifact(_ content: ArtifactContent, of run: Int64, at path: ArtifactPath) throws {
        guard run == Artifact.noRun else {
            try putArtifact(content, of: run, at: path.text)
            return try connection.prepare(PackageResources.noteRemoteLife_sql).run(run, Moment.now)
        }
        try connection.transaction { _ = try put(content, of: run, at: path, nil) }
    }
}
