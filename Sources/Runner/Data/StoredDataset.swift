public import Storage

/// A dataset of the store, ready to be trained on.
public struct StoredDataset: Sendable {
    public let record: DatasetRecord
    public let content: Dataset

    /// The name under which the notebook's dataset is stored.
    public static let standardName = "mnist1d"

    /// The stored dataset of a name.
    ///
    /// - Returns: nil where the store has none of that name.
    /// - Throws: ``StoreError`` or ``DataError`` when its bytes are not what its row says.
    public init?(named name: String, in store: Store) throws {
        try self.init(store.dataset(named: name), in: store)
    }

    /// The stored dataset of some content.
    init?(digest: String, in store: Store) throws {
        try self.init(store.dataset(digest: digest), in: store)
    }

    private init?(_ record: DatasetRecord?, in store: Store) throws {
        guard let record else { return nil }
        let (training, validation) = try store.content(of: record)
        self.record = record
        content = try Dataset(features: record.features, training: .init(training), validation: .init(validation))
    }

    /// Stores a dataset, unless its content is there already, under whatever name.
    ///
    /// - Returns: also whether it is new.
    public static func add(
        _ dataset: Dataset,
        name: String,
        source: JSON,
        to store: Store
    ) throws -> (dataset: StoredDataset, isNew: Bool) {
        let (record, isNew) = try store.addDataset(
            name: name,
            source: source,
            features: dataset.features,
            classes: dataset.classes,
            training: SplitContent(dataset.training),
            validation: SplitContent(dataset.validation)
        )
        return (StoredDataset(record: record, content: dataset), isNew)
    }

    private init(record: DatasetRecord, content: Dataset) {
        self.record = record
        self.content = content
    }

    /// Generates MNIST-1D and stores it.
    public static func generate(
        _ generator: MNIST1D,
        name: String = standardName,
        in store: Store
    ) throws -> (dataset: StoredDataset, isNew: Bool) {
        let arguments = try generator.arguments.map { JSON.Member($0.name, try JSON(parsing: $0.json)) }
        let source: JSON = ["generator": "mnist1d", "arguments": .object(arguments)]
        return try add(generator.generate(), name: name, source: source, to: store)
    }
}

/// A dataset read from a file, to be stored.
public struct ImportedDataset: Sendable {
    public let content: Dataset
    /// The file's name without folder and ending.
    public let name: String
    private let source: JSON

    /// Reads a pickle or `.npz` file.
    ///
    /// - Throws: ``FileError`` when the file cannot be read or holds no dataset.
    public init(file path: String) throws(FileError) {
        let (content, digest) = try DatasetFile.read(path: path)
        self.content = content
        let file = path.split(separator: "/").last.map { String($0) } ?? path
        let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
        name = stem.isEmpty ? file : stem
        source = ["file": .string(file), "digest": .string(digest)]
    }

    /// The stored dataset of the same content, under whatever name; nil where there is none.
    public func stored(in store: Store) throws -> StoredDataset? {
        let digest = Store.digest(
            features: content.features,
            training: SplitContent(content.training),
            validation: SplitContent(content.validation)
        )
        return try StoredDataset(digest: digest, in: store)
    }

    /// Stores the dataset, unless its content is there already, under whatever name.
    ///
    /// - Parameters:
    ///   - name: the file's name without folder and ending, unless given.
    ///   - store: a store opened for writing.
    /// - Returns: the stored dataset, and whether it is new.
    /// - Throws: ``StoreError`` when other content has the name.
    public func add(name: String? = nil, to store: Store) throws -> (dataset: StoredDataset, isNew: Bool) {
        try StoredDataset.add(content, name: name ?? self.name, source: source, to: store)
    }
}

extension Dataset.Split {
    fileprivate init(_ content: SplitContent) {
        self.init(inputs: content.inputs, labels: content.labels)
    }
}

extension SplitContent {
    fileprivate init(_ split: Dataset.Split) { self.init(inputs: split.inputs, labels: split.labels) }
}
