import TestSupport
import Testing

@testable import Storage

@Suite struct RecorderTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    private func count(_ table: String) throws -> Int {
        try store.connection.value("SELECT count(*) FROM \(table)")
    }

    @Test func `a run is in the store before its first step and whole when it is finished`() throws {
        var recorder = try Recorder(store)
        var new = NewRun()
        new.architecture = "plain"
        new.seed = 7
        new.params = [
            ("width", .integer(100)), ("learning_rate", .real(0.05)), ("initialization", .text("he-uniform")),
        ]
        new.tags = [("note", "a \"quoted\" note")]
        new.configuration = ["b": "2", "a": "1"]
        let open = try recorder.start(new, layers: twoLayers)
        #expect(try store.run(number: open.number)?.status == .running)

        try recorder.log(open, step: 0, variances: [1.5, .infinity])
        try recorder.log(open, step: 0, metric: "loss", 2.25)
        try recorder.log(open, step: 3, variances: [.nan, 0.1])
        #expect(try count("layer_variances") == 0)
        var ending = RunEnding(.finished, steps: 4)
        ending.finalWeightsDigest = "f"
        try recorder.finish(open, ending)

        let run = try #require(try store.run(number: open.number))
        #expect(run.uuid == open.uuid)
        #expect(run.status == .finished)
        #expect(run.steps == 4)
        #expect(run.lastStep == 3)
        #expect(run.finalWeightsDigest == "f")
        #expect(run.configurationDigest == Digest.sha256("{\"a\":\"1\",\"b\":\"2\"}".utf8))
        #expect(try store.variances(of: run, step: 0).map(\.variance) == [1.5, .infinity])
        // The float32 as it is, widened.
        let variances = try store.variances(of: run).map(\.variance)
        #expect(variances[0].isNaN)
        #expect(variances[1] == Double(Float(0.1)))
        #expect(try store.variances(of: run).map(\.name) == ["input", "output"])
        #expect(try store.lastMetrics(of: open.number).map(\.value) == [2.25])
        #expect(
            try store.params(of: open.number) == [
                Entry(key: "initialization", value: .text("he-uniform")),
                Entry(key: "learning_rate", value: .real(0.05)),
                Entry(key: "width", value: .integer(100)),
            ]
        )
        #expect(try store.tags(of: open.number) == [Entry(key: "note", value: .text("a \"quoted\" note"))])
    }

    @Test(arguments: [1, 63, 64, 65, 5000])
    func `no row is lost, however many come`(_ steps: Int) throws {
        var recorder = try Recorder(store)
        let open = try recorder.start(NewRun(), layers: twoLayers)
        for step in 0..<steps { try recorder.log(open, step: step, variances: [Float(step), -Float(step)]) }
        try recorder.finish(open, RunEnding(.finished, steps: steps))
        #expect(try count("layer_variances") == 2 * steps)
        let sum: Double = try store.connection.value(
            "SELECT sum(variance * (step + 1)) FROM layer_variances WHERE layer_id = 1"
        )
        var expected = 0.0
        for step in 0..<steps { expected += Double(step) * Double(step + 1) }
        #expect(sum == expected)
    }

    @Test func `rows reach the store in time, not only at the end`() throws {
        var recorder = try Recorder(store)
        let open = try recorder.start(NewRun(), layers: twoLayers)
        for step in 0..<5000 { try recorder.log(open, step: step, variances: [1, 2]) }
        // More than one batch was logged; the first one is committed with the step it reached.
        let rows = try count("layer_variances")
        #expect(rows >= 8192)
        #expect(try store.run(number: open.number)?.lastStep == Int64(rows / 2 - 1))
    }

    @Test func `runs recorded side by side keep their rows apart`() throws {
        var recorder = try Recorder(store)
        let first = try recorder.start(NewRun(), layers: twoLayers)
        let second = try recorder.start(NewRun(), layers: twoLayers)
        for step in 0..<100 {
            try recorder.log(first, step: step, variances: [1, 1])
            try recorder.log(second, step: step, variances: [2, 2])
        }
        try recorder.finish(second, RunEnding(.finished, steps: 100))
        try recorder.finish(first, RunEnding(.failed, steps: 100))
        for (open, variance) in [(first, 1.0), (second, 2.0)] {
            let run = try #require(try store.run(number: open.number))
            #expect(run.lastStep == 99)
            #expect(try store.variances(of: run).map(\.variance) == [variance, variance])
        }
        #expect(try store.run(number: first.number)?.status == .failed)
    }

    @Test func `variances for another number of layers are refused`() throws {
        var recorder = try Recorder(store)
        let open = try recorder.start(NewRun(), layers: twoLayers)
        for variances: [Float] in [[1], [1, 2, 3]] {
            let error = #expect(throws: StoreError.self) { try recorder.log(open, step: 3, variances: variances) }
            #expect(error == .wrongCount(run: open.number, step: 3, variances: variances.count, layers: 2))
        }
        try recorder.finish(open, RunEnding(.finished))
        #expect(try count("layer_variances") == 0)
    }

    @Test func `a metric may repeat a step, its last value counts and NaN is kept`() throws {
        var recorder = try Recorder(store)
        let open = try recorder.start(NewRun(), layers: [])
        try recorder.log(open, step: 0, metric: "loss", 3)
        try recorder.log(open, step: 1, metric: "loss", 2)
        try recorder.log(open, step: 1, metric: "val_loss", .nan)
        try recorder.finish(open, RunEnding(.finished, steps: 2))
        let metrics = try store.lastMetrics(of: open.number)
        #expect(metrics.map(\.key) == ["loss", "val_loss"])
        #expect(metrics.map(\.step) == [1, 1])
        #expect(metrics[0].value == 2)
        #expect(metrics[1].value.isNaN)
        let value: Double? = try store.connection.value("SELECT value FROM run_metrics WHERE key = 'val_loss'")
        #expect(value == nil)
    }

    @Test func `equal tensors are stored once and come back whole`() throws {
        var recorder = try Recorder(store)
        let bytes = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let shared = TensorRecord(name: "linear1.weight", shape: [100, 100], dtype: "F32", bytes: bytes)
        let scalar = TensorRecord(name: "count", shape: [], dtype: "I64", bytes: [UInt8](repeating: 1, count: 8))
        for _ in 0..<2 {
            let open = try recorder.start(NewRun(), layers: [])
            var ending = RunEnding(.finished)
            ending.initialTensors = [shared]
            ending.finalTensors = [shared, scalar]
            try recorder.finish(open, ending)
        }
        #expect(try count("tensors") == 6)
        #expect(try count("blobs") == 2)
        let tensors = try store.tensors(of: 2)
        #expect(tensors.map(\.stage) == ["initial", "final", "final"])
        #expect(tensors.map(\.shape) == ["[100,100]", "[100,100]", "[]"])
        #expect(try store.bytes(of: tensors[1]) == bytes)
    }

    @Test func `bytes that were changed in the store are not handed out`() throws {
        var recorder = try Recorder(store)
        let open = try recorder.start(NewRun(), layers: [])
        var ending = RunEnding(.finished)
        ending.finalTensors = [
            TensorRecord(name: "w", shape: [4], dtype: "F32", bytes: [UInt8](repeating: 0, count: 16))
        ]
        try recorder.finish(open, ending)
        try store.connection.execute("UPDATE blobs SET bytes = x'00000000000000000000000000000001'")
        let tensors = try store.tensors(of: open.number)
        #expect(throws: StoreError.self) { try store.bytes(of: tensors[0]) }
    }

    @Test func `a run that is there by the time it could begin does not, and the one before it has ended`() throws {
        var recorder = try Recorder(store)
        #expect(try recorder.start(NewRun(), layers: [], unless: { true }) == nil)
        #expect(try count("runs") == 0)
        let first = try #require(try recorder.start(NewRun(), layers: [], unless: { false }))
        let ending = RunEnding(.finished, steps: 1)
        // What it asks is asked while nobody else can write.
        let next = try recorder.finish(first, ending, starting: NewRun(), layers: []) {
            store.connection.isInTransaction
        }
        #expect(next == nil)
        #expect(try count("runs") == 1)
        #expect(try store.run(number: first.number)?.status == .finished)
    }
}
