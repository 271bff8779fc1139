public import Storage

/// Writes runs into files of a folder: a table a file, with the columns of the store's views.
public struct FolderExport {
    private let store: Store
    /// What the rows of a layer have in common, by its key.
    private let places: [Int64: ExportPart]
    private let runs: ExportTable
    private let params: ExportTable
    private let tags: ExportTable
    private let metrics: ExportTable
    private let variances: ExportTable

    /// The tables, each with its files.
    public var tables: [ExportTable] { [runs, params, tags, metrics, variances] }

    /// Writes runs into a folder that is complete or not there.
    ///
    /// - Parameters:
    ///   - runs: the runs.
    ///   - store: where they are.
    ///   - path: the folder, which must be new or empty.
    ///   - kinds: which files.
    /// - Returns: the files that were written.
    /// - Throws: `StoreError` where the folder cannot be written; `SQLiteError`.
    public static func write(
        _ runs: [Int64],
        of store: Store,
        to path: String,
        _ kinds: Set<ExportKind>
    ) throws -> [ExportedFile] {
        let folder = try PendingFolder(at: path, from: store)
        let export = try FolderExport(of: store, in: folder.path, kinds)
        try store.snapshot { for run in runs { try export.write(run) } }
        try export.finish()
        try folder.complete()
        let name = path.hasSuffix("/") ? path : path + "/"
        return export.tables.flatMap { table in
            table.files.map { ExportedFile(name: name + $0.name, rows: table.rows, size: $0.size) }
        }
    }

    /// Makes the files.
    ///
    /// - Throws: `StoreError` when they cannot be made; `SQLiteError`.
    public init(of store: Store, in folder: String, _ kinds: Set<ExportKind>) throws {
        let runColumns = [
            "run", "uuid", "experiment", "name", "architecture", "seed", "status", "started", "ended", "steps",
            "last_step", "dataset", "dataset_digest", "configuration", "configuration_digest",
            "initial_weights_digest", "batch_order_digest", "final_weights_digest", "numerics", "environment",
        ]
        let varianceColumns = [
            "run", "uuid", "experiment", "architecture", "seed", "started", "step", "layer", "position", "measure",
            "after_norm", "variance",
        ]
        self.store = store
        let layers = try store.layers()
        runs = try ExportTable("runs", runColumns, of: store, in: folder, kinds)
        params = try ExportTable("params", ["run", "key", "value"], of: store, in: folder, kinds)
        tags = try ExportTable("tags", ["run", "key", "value"], of: store, in: folder, kinds)
        metrics = try ExportTable(
            "metrics",
            ["run", "key", "step", "timestamp", "value"],
            of: store,
            in: folder,
            kinds
        )
        let variances = try ExportTable("variances", varianceColumns, of: store, in: folder, kinds)
        self.variances = variances
        let parts = layers.map { layer in
            let place = layer.place
            let values: [SQLValue] = [
                .text(place.name), .integer(Int64(place.position)), .text(place.measure),
                .integer(place.afterNorm ? 1 : 0),
            ]
            return (layer.id, ExportPart(values, at: 7, of: variances))
        }
        places = Dictionary(parts, uniquingKeysWith: { $1 })
    }

    /// Writes everything of a run.
    public func write(_ number: Int64) throws {
        guard let run = try store.run(number: number) else { return }
        try runs.append([
            .integer(run.number), .text(run.uuid), .text(run.experiment), run.name.sqlValue,
            run.architecture.sqlValue, run.seed.sqlValue, .text(run.status.rawValue), .integer(run.started),
            run.ended.sqlValue, .integer(run.steps), run.lastStep.sqlValue, run.datasetName.sqlValue,
            run.datasetDigest.sqlValue, try store.configuration(of: number).sqlValue,
            run.configurationDigest.sqlValue, run.initialWeightsDigest.sqlValue, run.batchOrderDigest.sqlValue,
            run.finalWeightsDigest.sqlValue, run.numerics.sqlValue, run.environment.sqlValue,
        ])
        for param in try store.params(of: number) {
            try params.append([.integer(number), .text(param.key), param.value])
        }
        for tag in try store.tags(of: number) { try tags.append([.integer(number), .text(tag.key), tag.value]) }
        try store.forEachMetric(of: number) { key, step, timestamp, value in
            try store.interruption.check()
            try metrics.append([
                .integer(number), .text(key), .integer(step), .integer(timestamp), .real(value),
            ])
        }
        try writeVariances(of: run)
    }

    /// Nearly all of an export: what rows have in common is made once a run and once a layer.
    private func writeVariances(of run: Run) throws {
        let table = variances
        let head = ExportPart(
            [
                .integer(run.number), .text(run.uuid), .text(run.experiment), run.architecture.sqlValue,
                run.seed.sqlValue, .integer(run.started),
            ],
            at: 0,
            of: table
        )
        try store.forEachStep(of: run.number) { step, layer, variance in
            try store.interruption.check()
            if let place = places[layer] { try table.append(head, step, place, variance) }
        }
    }

    /// Writes what is still held.
    public func finish() throws { for table in tables { try table.finish() } }
}

/// A file that an export wrote.
public struct ExportedFile: Recordable {
    public let name: String
    public let rows: Int
    /// In bytes.
    public let size: Int64

    /// Notes a file.
    public init(name: String, rows: Int, size: Int64) {
        self.name = name
        self.rows = rows
        self.size = size
    }

    public var record: Record { ["file": .string(name), "rows": JSON(rows), "bytes": .integer(size)] }
}
