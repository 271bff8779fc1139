import Crypto

/// One half of a dataset as it is stored.
public struct SplitContent: Sendable, Equatable {
    /// One row of features after the other.
    public let inputs: [Float]
    /// One label an example.
    public let labels: [Int64]

    public init(inputs: [Float], labels: [Int64]) {
        self.inputs = inputs
        self.labels = labels
    }
}

/// A stored dataset without its bytes.
public struct DatasetRecord: Sendable, Equatable {
    public let id: Int64
    public let name: String
    /// SHA-256 over shapes, inputs and labels of both splits, see ``Store/digest(features:training:validation:)``.
    public let digest: String
    /// JSON: the generator's arguments, or the file's name and digest.
    public let source: String
    public let features: Int
    public let classes: Int
    /// Milliseconds since 1970.
    public let created: Int64
    public let trainingExamples: Int
    public let validationExamples: Int
}

extension Store {
    /// The digest of a dataset's content.
    ///
    /// SHA-256 over, for the training split and then the validation split: the number of examples and of features as
    /// int64, the inputs as float32, the labels as int64; all little-endian.
    public static func digest(features: Int, training: SplitContent, validation: SplitContent) -> String {
        var hash = SHA256()
        for split in [training, validation] {
            for number in [split.labels.count, features] {
                withUnsafeBytes(of: Int64(number).littleEndian) { hash.update(bufferPointer: $0) }
            }
            split.inputs.withUnsafeBytes { hash.update(bufferPointer: $0) }
            split.labels.withUnsafeBytes { hash.update(bufferPointer: $0) }
        }
        return Digest.hexadecimal(hash.finalize())
    }

    /// Stores a dataset, unless its content is there already, under whatever name.
    ///
    /// - Returns: the stored dataset, and whether it is new.
    /// - Throws: ``StoreError`` when other content has the name.
    public func addDataset(
        name: String,
        source: JSON,
        features: Int,
        classes: Int,
        training: SplitContent,
        validation: SplitContent
    ) throws -> (record: DatasetRecord, isNew: Bool) {
        guard !name.isEmpty else { throw StoreError.emptyDatasetName }
        let digest = Self.digest(features: features, training: training, validation: validation)
        return try connection.transaction {
            if let known = try dataset(digest: digest) { return (known, false) }
            if let other = try dataset(named: name) {
                throw StoreError.datasetNameTaken(name: name, digest: other.digest)
            }
            try connection.prepare(PackageResources.insertDataset_sql)
                .run(name, digest, source.canonical.text, features, classes, Moment.now)
            let id = connection.lastInsertedID
            try sealDataset(id)
            let insert = try connection.prepare(PackageResources.insertSplit_sql)
            for (split, content) in [("train", training), ("validation", validation)] {
                try insert.bind(id, split, content.labels.count)
                try insert.bind(content.inputs.span.bytes, at: 3)
                try insert.bind(content.labels.span.bytes, at: 4)
                try insert.run()
            }
            guard let record = try dataset(digest: digest) else {
                throw StoreError.notReadBack(what: "dataset '\(name)'", path: path)
            }
            return (record, true)
        }
    }

    /// All datasets, oldest first.
    public func datasets() throws -> [DatasetRecord] {
        try connection.prepare(PackageResources.listDatasets_sql).rows(as: DatasetRecord.init)
    }

    /// The dataset of a name, if there is one.
    public func dataset(named name: String) throws -> DatasetRecord? {
        let statement = try connection.prepare(PackageResources.findDatasetByName_sql)
        try statement.bind(name)
        return try statement.first(as: DatasetRecord.init)
    }

    /// The dataset of some content, if it is stored.
    public func dataset(digest: String) throws -> DatasetRecord? {
        let statement = try connection.prepare(PackageResources.findDatasetByDigest_sql)
        try statement.bind(digest)
        return try statement.first(as: DatasetRecord.init)
    }

    /// How many runs used a dataset; looks at every run.
    public func runCount(of dataset: DatasetRecord) throws -> Int64 {
        let statement = try connection.prepare(PackageResources.countRunsOfDataset_sql)
        try statement.bind(dataset.id)
        return try statement.only()
    }

    /// The examples of a stored dataset.
    ///
    /// - Throws: ``StoreError`` when the bytes are not those that were stored.
    public func content(of dataset: DatasetRecord) throws -> (training: SplitContent, validation: SplitContent) {
        let (training, validation) = (try split("train", of: dataset), try split("validation", of: dataset))
        guard Self.digest(features: dataset.features, training: training, validation: validation) == dataset.digest
        else {
            throw StoreError.damagedDataset(name: dataset.name, path: path, what: "no longer has its digest")
        }
        return (training, validation)
    }

    // MARK: Checksums

    /// Puts its checksum under the row of a dataset.
    func sealDataset(_ id: Int64) throws(SQLiteError) {
        try connection.prepare(PackageResources.setDatasetChecksum_sql).run(id, datasetChecksums(id).computed)
    }

    /// The checksum of a dataset's row, and the one under it; nil where it is older than checksums.
    func datasetChecksums(_ id: Int64) throws(SQLiteError) -> (computed: Int64, stored: Int64?) {
        let statement = try connection.prepare(PackageResources.findDatasetRow_sql)
        try statement.bind(id)
        var checksum = Checksum()
        guard try statement.step() else { return (checksum.stored, nil) }
        let last = statement.columnCount - 1
        for column in 0..<last { checksum.add(statement.value(at: column)) }
        return (checksum.stored, try statement.column(last))
    }

    private func split(_ split: String, of dataset: DatasetRecord) throws -> SplitContent {
        let statement = try connection.prepare(PackageResources.findSplit_sql)
        try statement.bind(dataset.id, split)
        guard try statement.step() else {
            throw StoreError.damagedDataset(name: dataset.name, path: path, what: "has no \(split) split")
        }
        let examples: Int = try statement.column(0)
        let inputs = statement.withBlob(at: 1) { bytes in Self.elements(of: bytes, as: Float.self) }
        let labels = statement.withBlob(at: 2) { bytes in Self.elements(of: bytes, as: Int64.self) }
        let (values, overflow) = examples.multipliedReportingOverflow(by: dataset.features)
        guard !overflow, inputs?.count == values, labels?.count == examples, let inputs, let labels else {
            throw StoreError.damagedDataset(
                name: dataset.name,
                path: path,
                what: "has a \(split) split of another length than its row says"
            )
        }
        return SplitContent(inputs: inputs, labels: labels)
    }

    private static func elements<Element: BitwiseCopyable>(
        of bytes: UnsafeRawBufferPointer,
        as type: Element.Type
    ) -> [Element]? {
        let (count, rest) = bytes.count.quotientAndRemainder(dividingBy: MemoryLayout<Element>.stride)
        guard rest == 0 else { return nil }
        return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
            initialized = count
        }
    }
}
