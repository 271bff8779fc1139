import Foundation
import Testing

@testable import Runner
@testable import Storage

/// Weights from files and other runs.
@Suite struct StartingWeightsTests {
    // MARK: Files

    /// A file as Python's safetensors 0.6 writes it: sorted by size of element and name, with spaces after the header.
    private static let python: [UInt8] = {
        let header = #"""
            {"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"__metadata__":{"format":"pt"},"empty":{"dtype":"F32","shape":[0,3],"data_offsets":[16,16]}}
            """#
        return file(header + " ", data: [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64])
    }()

    private static func file(_ header: String, data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
        withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Array($0) } + header.utf8 + data
    }

    @Test func `a file that Python wrote is read, in the order of its data`() throws {
        let tensors = try WeightsFile.tensors(in: Self.python)
        #expect(tensors.map(\.name) == ["n", "b", "empty"])
        #expect(tensors.map(\.shape) == [[], [2], [0, 3]])
        #expect(tensors.map(\.dtype) == [.int64, .float32, .float32])
        #expect(tensors[1].floats == [1, 2])
    }

    @Test func `what is written is read back`() throws {
        let tensors = [
            Tensor(name: "linear1.weight", shape: [1, 2], dtype: .float32, bytes: [0, 0, 128, 63, 0, 0, 0, 64]),
            Tensor(name: "batchnorm1.num_batches_tracked", shape: [], dtype: .int64, bytes: [1, 0, 0, 0, 0, 0, 0, 0]),
            Tensor(name: "a \"quoted\" name\\", shape: [0], dtype: .float32, bytes: []),
        ]
        let bytes = try WeightsFile.content(tensors, metadata: ["run": "1"])
        #expect(try WeightsFile.tensors(in: bytes) == tensors)
    }

    static let broken: [(String, [UInt8])] = [
        ("empty", []), ("seven bytes", [1, 2, 3, 4, 5, 6, 7]),
        ("a length beyond the file", file("{}", length: 3)), ("a length beyond all", file("{}", length: .max)),
        ("no JSON", file("{]")), ("an array", file("[]")), ("a number for a tensor", file(#"{"a":1}"#)),
        ("no offsets", file(#"{"a":{"dtype":"F32","shape":[1]}}"#, data: [0, 0, 0, 0])),
        ("one offset", file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, data: [0, 0, 0, 0])),
        ("quarter floats", file(#"{"a":{"dtype":"F8_E5M2","shape":[2],"data_offsets":[0,4]}}"#, data: [0, 0, 0, 0])),
        ("a wrong shape", file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, data: [0, 0, 0, 0])),
        ("a negative shape", file(#"{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}"#, data: [0, 0, 0, 0])),
        (
            "a huge shape",
            file(#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#)
        ),
        ("offsets backwards", file(#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,-4]}}"#)),
        ("data beyond the end", file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: [0, 0, 0, 0])),
        ("data after the last tensor", file(#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#, data: [0])),
        ("a gap", file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, data: [0, 0, 0, 0, 0, 0, 0, 0])),
        (
            "an overlap",
            file(
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
                data: [0, 0, 0, 0]
            )
        ),
        ("metadata that is none", file(#"{"__metadata__":{"a":1}}"#)),
        ("nesting without end", file(String(repeating: "{\"a\":", count: 100_000))),
    ]

    @Test(arguments: broken)
    func `a broken file is refused in one line`(_ name: String, _ bytes: [UInt8]) throws {
        let error = #expect(throws: DataError.self) { try WeightsFile.tensors(in: bytes) }
        #expect(error?.message.isEmpty == false)
        #expect(error?.message.contains("\n") == false)
    }

    @Test func `a file cut or changed anywhere is refused or read as tensors that hold together`() throws {
        var engine = MersenneTwister(seed: 1)
        for _ in 0..<3000 {
            var bytes = Self.python
            for _ in 0...engine.next() % 3 { bytes[Int(engine.next()) % bytes.count] = UInt8(engine.next() & 0xFF) }
            bytes.removeLast(Int(engine.next()) % 4 == 0 ? Int(engine.next()) % bytes.count : 0)
            guard let tensors = try? WeightsFile.tensors(in: bytes) else { continue }
            for tensor in tensors { #expect(Tensor.size(tensor.shape, tensor.dtype) == tensor.bytes.count) }
        }
    }

    // MARK: Runs

    private func train(
        _ configuration: Configuration,
        from tensors: [Tensor]? = nil,
        seed: UInt32 = 0
    ) throws -> TrainingResult {
        let data = try TrainingTests.oddData()
        var training = try Training(configuration, seed: seed, on: data, in: Workspace(), keeping: [.initial, .final])
        if let tensors { try training.start(from: tensors) }
        while !training.isFinished { _ = training.step() }
        return training.result()
    }

    @Test(arguments: Architecture.allCases)
    func `a run starts from the weights given and keeps the batches of its seed`(_ architecture: Architecture) throws {
        let configuration = TrainingTests.oddConfiguration(architecture, steps: 5)
        let first = try train(configuration, seed: 1)
        let drawn = try train(configuration, seed: 2)
        let tensors = try #require(first.finalTensors)
        let started = try train(configuration, from: tensors.reversed(), seed: 2)
        #expect(started.initialTensors == first.finalTensors)
        #expect(started.batchOrderDigest == drawn.batchOrderDigest)
        #expect(started.finalWeightsDigest != drawn.finalWeightsDigest)
        // The norms go on counting.
        let counts = started.finalTensors?.filter { $0.dtype == .int64 }.map { $0.bytes[0] } ?? []
        #expect(counts.allSatisfy { $0 == 10 })
        // Its own drawn weights change nothing.
        let same = try train(configuration, from: drawn.initialTensors, seed: 2)
        #expect(same.finalWeightsDigest == drawn.finalWeightsDigest)
        #expect(same.initialWeightsDigest == drawn.initialWeightsDigest)
    }

    @Test func `weights that do not fit are refused with the tensor's name`() throws {
        let configuration = TrainingTests.oddConfiguration(.batchnorm, steps: 1)
        let tensors = try #require(try train(configuration).finalTensors)
        func complaint(_ tensors: [Tensor]) -> String? {
            #expect(throws: DataError.self) { try train(configuration, from: tensors) }?.message
        }
        #expect(complaint(Array(tensors.dropFirst()))?.contains("no tensor '\(tensors[0].name)'") == true)
        let extra = Tensor(name: "other", shape: [0], dtype: .float32, bytes: [])
        #expect(complaint(tensors + [extra])?.contains("the network has no tensor 'other'") == true)
        var wrong = tensors
        wrong[5].shape.reverse()
        wrong[5].shape.append(1)
        #expect(complaint(wrong)?.contains(tensors[5].name) == true)
        let place = try #require(tensors.firstIndex { $0.dtype == .int64 })
        wrong = tensors
        wrong[place].bytes[7] = 0x80
        #expect(complaint(wrong)?.contains("no count of batches") == true)
        wrong[place].bytes = [9, 0, 0, 0, 0, 0, 0, 0]
        #expect(complaint(wrong)?.contains("other norms") == true)
    }

    @Test func `a run from given weights is proved from the store alone`() throws {
        let place = try SweepPlace()
        let configuration = TrainingTests.oddConfiguration(.branchnorm, steps: 4)
        _ = try place.execute(Grid([configuration], seeds: [1...1]), weights: .final)
        let start = try StartingWeights(of: #require(try place.store().run(number: 1)), in: place.store())
        var experiment = Experiment(on: place.dataset)
        experiment.weights = []
        let started = try experiment.start([configuration], from: start)
        #expect(started[0].weightsFrom == (try place.store().run(number: 1)?.finalWeightsDigest))
        let sweep = try Sweep(Grid(started, seeds: [2...3]), of: experiment)
        _ = try sweep.execute(into: Store(path: place.path, for: .writing))

        var numbers = RunNumbers()
        for number: Int64 in 1...3 { numbers.append(number) }
        var results: [Verdict.Result] = []
        try Verification(store: place.path).execute(numbers) { results.append($0.result) }
        #expect(results == [.identical, .identical, .identical])

        try Store(path: place.path, for: .writing).connection.execute(
            "DELETE FROM tensors WHERE run_id = 2 AND stage = 'initial' AND position = 0"
        )
        results = []
        try Verification(store: place.path).execute(numbers) { results.append($0.result) }
        #expect(results == [.identical, .damaged, .identical])
    }
}
