import TestSupport
import Testing

@testable import Storage

@Suite struct DatasetTests {
    private let folder: TemporaryFolder
    private let store: Store
    private let training = SplitContent(inputs: [1, 2, 3, 4, 5, 6], labels: [0, 1, 1])
    private let validation = SplitContent(inputs: [-1, .leastNonzeroMagnitude], labels: [0])

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    private func add(_ name: String, _ training: SplitContent) throws -> (record: DatasetRecord, isNew: Bool) {
        try store.addDataset(
            name: name,
            source: ["generator": "test"],
            features: 2,
            classes: 2,
            training: training,
            validation: validation
        )
    }

    @Test func `the same content is stored once, under its first name`() throws {
        #expect(try add("first", training).isNew)
        let again = try add("second", training)
        #expect(!again.isNew)
        #expect(again.record.name == "first")
        #expect(try store.datasets().map(\.name) == ["first"])
    }

    @Test func `other content under a taken name is refused`() throws {
        _ = try add("first", training)
        let other = SplitContent(inputs: [1, 2, 3, 4, 5, 7], labels: [0, 1, 1])
        let error = #expect(throws: StoreError.self) { try add("first", other) }
        let known = try #require(try store.dataset(named: "first"))
        #expect(error == .datasetNameTaken(name: "first", digest: known.digest))
        #expect(try store.datasets().count == 1)
    }

    @Test func `content comes back to the bit`() throws {
        let record = try add("first", training).record
        let content = try store.content(of: record)
        #expect(content.training == training)
        #expect(content.validation.inputs[1].bitPattern == 1)
        #expect(record.trainingExamples == 3)
        #expect(record.features == 2)
    }

    @Test func `the digest is that of shapes, inputs and labels in order`() {
        // hashlib.sha256 over struct.pack('<qq6f3q', 3, 2, 1, ..., 6, 0, 1, 1) + struct.pack('<qq2fq', 1, 2, -1, 1e-45, 0)
        #expect(
            Store.digest(features: 2, training: training, validation: validation)
                == "b3d3d53488819056f71970ba3abf6040570760926979930bdc7c79030cf0f739"
        )
    }

    @Test func `content that was changed in the store is refused`() throws {
        let record = try add("first", training).record
        try store.connection.execute(
            "UPDATE dataset_splits SET inputs = zeroblob(length(inputs)) WHERE split = 'train'"
        )
        #expect(throws: StoreError.self) { try store.content(of: record) }
    }

    @Test func `bytes of another length than the row says are refused`() throws {
        let record = try add("first", training).record
        try store.connection.execute("UPDATE dataset_splits SET inputs = zeroblob(23) WHERE split = 'train'")
        #expect(throws: StoreError.self) { try store.content(of: record) }
    }
}
