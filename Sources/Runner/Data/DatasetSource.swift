import Glibc
public import Storage

/// Where the data of runs come from: the store, a file, or MNIST-1D's generator.
public struct DatasetSource: Sendable {
    private let name: String
    private let imported: ImportedDataset?

    /// Finds out what a person named: a dataset of the store, else a file.
    ///
    /// - Parameters:
    ///   - word: what was named; nil for the notebook's dataset.
    ///   - path: the store.
    ///   - open: opens it for reading.
    /// - Throws: ``NoDataset`` where there is neither; ``FileError`` for a file that holds no dataset.
    public init(_ word: String?, in path: String, _ open: () throws -> Store) throws {
        name = word ?? StoredDataset.standardName
        guard name != StoredDataset.standardName, try !Self.hasDataset(name, open) else {
            imported = nil
            return
        }
        guard Self.isFile(name) else { throw NoDataset(name: name, path: path) }
        imported = try ImportedDataset(file: name)
    }

    /// A store that is not there, or beside a file of the name is none, has no dataset.
    private static func hasDataset(_ name: String, _ open: () throws -> Store) throws -> Bool {
        do {
            return try open().dataset(named: name) != nil
        } catch let error as StoreError where error.code == .missing || error.code == .invalid && isFile(name) {
            return false
        }
    }

    private static func isFile(_ name: String) -> Bool { access(name, F_OK) == 0 }

    /// The dataset, where the store has it already.
    public func stored(in store: Store) throws -> StoredDataset? {
        if let imported { return try imported.stored(in: store) }
        return try StoredDataset(named: name, in: store)
    }

    /// The data of a dataset that the store does not have.
    func content() throws -> Dataset { try imported?.content ?? MNIST1D().generate() }

    /// The dataset, which is stored where it is not there.
    ///
    /// - Throws: ``StoreError`` when other content has its name.
    public func add(to store: Store) throws -> StoredDataset {
        if let imported { return try imported.add(to: store).dataset }
        return try stored(in: store) ?? StoredDataset.generate(MNIST1D(), in: store).dataset
    }
}

/// A name that is neither that of a dataset of a store nor that of a file.
public struct NoDataset: Error, Equatable, CustomStringConvertible {
    public let name: String
    /// The store.
    public let path: String

    public var description: String { "there is no dataset '\(name)' in \(path) and no file of that name" }
}

extension StartingWeights {
    /// The weights that a person named: a run by its number, else a file, else a run by its uuid or name.
    ///
    /// - Throws: ``FileError``; ``StoreError`` for a run that is not there or has no weights.
    public init(_ word: String, _ open: () throws -> Store) throws {
        let isNumber = !word.isEmpty && word.utf8.allSatisfy { (48...57).contains($0) }
        guard isNumber || access(word, F_OK) != 0 && !word.contains(where: { $0 == "/" || $0 == "." }) else {
            self = try StartingWeights(file: word)
            return
        }
        let store = try open()
        try self.init(of: store.run(word), in: store)
    }
}
