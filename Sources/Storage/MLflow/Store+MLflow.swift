import Glibc

/// What MLflow's words mean.
public struct MLflowOptions: Sendable {
    /// Which metrics are variances of layers, of which each step has one value, the last; nil for none.
    public var pattern: LayerPattern?
    /// What these variances are; see ``LayerPlace/measure``.
    public var measure = LayerPlace.unknownMeasure
    /// The param that is the seed of a run, where it is a whole number.
    public var seedParam: String?
    /// The param that is the architecture of a run.
    public var architectureParam: String?

    public init() {}
}

/// What was found in MLflow's store besides runs.
public struct MLflowFindings: Sendable, Equatable {
    /// The names of the layers, by their positions.
    public let layers: [String]
    /// The keys of metrics that fit the pattern and have negative values, so that they are no variances and stay metrics.
    public let signed: [String]
    /// The keys of params, tags and metrics that were not taken over, each with the reason.
    public internal(set) var leftOut: [String]
}

extension Store {
    /// Takes over the experiments, runs, params, metrics and tags of MLflow's SQLite store.
    ///
    /// Runs keep their uuids, so taking them over again changes nothing but those that went on since, which are brought up
    /// to date. Texts, steps and timestamps stay as they are; MLflow's greatest double is the infinity that it
    /// stands for. The file is only read.
    ///
    /// - Parameters:
    ///   - path: MLflow's file.
    ///   - options: what its words mean.
    ///   - merged: takes what became of each run, oldest first, once all is done.
    /// - Returns: the layers that were found, and what was left out.
    /// - Throws: ``StoreError`` for a file that is no MLflow store; ``SQLiteError``; what `merged` throws.
    public func importMLflow(
        _ path: String,
        _ options: MLflowOptions = MLflowOptions(),
        merged: (MergedRun) throws -> Void
    ) throws -> MLflowFindings {
        try Self.checkMLflow(path)
        // A store of its own first, which is then merged like any other.
        let pending = try PendingFile(beside: file)
        // Another look at the file, at the same time, must not take away the locks of this one.
        let look = FileLook(path)
        let findings = try withExtendedLifetime(look) { try pending.named { try fill($0, from: path, options) } }
        _ = try merge(Store(path: pending.path, for: .reading, interruption: interruption), named: path, merged: merged)
        return findings
    }

    private func fill(_ place: String, from path: String, _ options: MLflowOptions) throws -> MLflowFindings {
        let copy = try Store(path: place, for: .writing, interruption: interruption)
        try copy.connection.execute("PRAGMA synchronous = OFF")
        do {
            copy.connection.patience.endsStatements = true
            try copy.connection.attach(path, as: "mlflow", isImmutable: false)
            try Self.refuseFalseTables(of: copy.connection, path)
            let work = MLflowImport(copy: copy, known: self, options: options)
            try MLflowImport.makeMaps(on: copy.connection)
            return try copy.connection.transaction { try work.execute() }
        } catch let error as SQLiteError where [.constraint, .damaged, .unexpectedType, .other].contains(error.kind) {
            let hasVersion = try? copy.connection.prepare(PackageResources.hasVersion_sql).only(as: Bool.self)
            let isMLflow = error.kind == .other && hasVersion == true
            throw StoreError.notMLflow(path: path, reason: .otherSchema(message: error.message, isMLflow: isMLflow))
        }
    }

    /// Refuses a file in which a view takes the place of a table, before it is asked: somebody may have made it run for ever.
    private static func refuseFalseTables(of connection: borrowing Connection, _ path: String) throws {
        let find = try connection.prepare(PackageResources.findFalseImportTable_sql)
        guard let (name, type) = try find.first(as: { (name: String, type: String) in (name, type) }) else { return }
        throw StoreError.notMLflow(path: path, reason: .falseTable(name: name, type: type))
    }

    /// Looks at a file that is said to be MLflow's store before SQLite does.
    ///
    /// - Throws: ``StoreError`` when there is none, or it is no SQLite file, or one of Varve's.
    public static func checkMLflow(_ path: String) throws(StoreError) {
        var status = stat()
        guard !path.utf8.contains(0), stat(path, &status) == 0 else {
            throw StoreError.noFile(path: path)
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw StoreError.notMLflow(path: path, reason: .folder)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StoreError.notMLflow(path: path, reason: .notAFile)
        }
        try checkCompanions(of: resolved(path))
        var header = [UInt8](repeating: 0, count: 100)
        guard try FileLook.read(path, into: &header) == header.count, header.starts(with: FileKind.mark) else {
            throw StoreError.notMLflow(path: path, reason: .notSQLite)
        }
        guard !FileKind.store.fits(header) else {
            throw StoreError.notMLflow(path: path, reason: .isVarve)
        }
    }
}
