public import Storage

extension ExperimentRecord: Recordable {
    public var record: Record {
        [
            "experiment": .string(name), "id": .integer(id), "lifecycle": .string(lifecycle.rawValue),
            "runs": .integer(runs), "created": .integer(created), "updated": .integer(updated),
        ]
    }
}

extension StoreSummary: Recordable {
    public var record: Record {
        [
            "store": .string(path),
            "bytes": .integer(bytes),
            "log_bytes": .integer(logBytes),
            "free_bytes": .integer(freeBytes),
            "schema": .integer(schema),
            "page_size": .integer(pageSize),
            "sqlite": .string(Store.sqliteVersion),
            "oldest": JSON(oldest),
            "newest": JSON(newest),
            "rows": .object(tables.map { .init($0.name, JSON($0.rows)) }),
            "table_bytes": .object(tables.map { .init($0.name, JSON($0.bytes)) }),
        ]
    }
}

extension Finding: Recordable {
    public var record: Record {
        [
            "kind": .string(kind.rawValue), "topic": .string(topic.rawValue), "run": JSON(run),
            "finding": .string(message), "mended": .bool(isMended),
        ]
    }
}

extension StoredLayer: Recordable {
    /// The layer, without anything that was measured.
    public var record: Record {
        [
            "layer": .string(place.name), "name": .string(place.shortName), "position": JSON(place.position),
            "after_norm": .bool(place.afterNorm), "measure": .string(place.measure),
        ]
    }
}

/// What `dataset` answers of one dataset.
public struct DatasetAnswer: Sendable {
    public let dataset: DatasetRecord
    public let source: JSON
    public let runs: Int64

    /// Reads a dataset.
    ///
    /// - Throws: `StoreError` for a source that is no JSON; `SQLiteError`.
    public init(_ dataset: DatasetRecord, in store: Store) throws {
        self.dataset = dataset
        source = try JSON(stored: dataset.source, in: store)
        runs = try store.runCount(of: dataset)
    }

    /// Reads the dataset of a name.
    ///
    /// - Throws: `StoreError` where there is none; `SQLiteError`.
    public init(named name: String, in store: Store) throws {
        guard let dataset = try store.dataset(named: name) else {
            throw StoreError.noDataset(name: name, path: store.path)
        }
        try self.init(dataset, in: store)
    }
}

extension DatasetAnswer: Recordable {
    public var record: Record {
        [
            "name": .string(dataset.name),
            "digest": .string(dataset.digest),
            "source": source,
            "features": .integer(Int64(dataset.features)),
            "classes": .integer(Int64(dataset.classes)),
            "train": .integer(Int64(dataset.trainingExamples)),
            "validation": .integer(Int64(dataset.validationExamples)),
            "runs": .integer(runs),
            "created": .integer(dataset.created),
        ]
    }
}
