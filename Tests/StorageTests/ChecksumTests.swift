import TestSupport
import Testing

@testable import Storage

/// What checksums see, and that they go along with whatever is done to the rows.
@Suite struct ChecksumTests {
    private let folder: TemporaryFolder
    private let path: String
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("varve.db")
        store = try Store(path: path, for: .writing)
    }

    private func findings(_ path: String? = nil) throws -> [Finding] {
        try StoreCheck.findings(in: path ?? self.path)
    }

    private func checksums(_ run: Int64) throws -> [Int64?] {
        let statement = try store.connection.prepareOnly(
            "SELECT variances_checksum, metrics_checksum, run_checksum FROM runs WHERE id = ?"
        )
        try statement.bind(run)
        return try statement.first { (variances: Int64?, metrics: Int64?, end: Int64?) in [variances, metrics, end] }
            ?? []
    }

    // MARK: The function

    @Test func `no change of one bit in one word keeps a checksum`() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            let words = (0..<4).map { _ in random.next() }
            let whole = words.reduce(into: Checksum()) { $0.add($1) }
            for (place, bit) in (0..<4).flatMap({ place in (0..<64).map { (place, $0) } }) {
                var changed = words
                changed[place] ^= 1 << bit
                #expect(changed.reduce(into: Checksum()) { $0.add($1) }.state != whole.state)
            }
        }
    }

    @Test func `values that a store tells apart have checksums of their own`() {
        let reals: [Double] = [
            0, .nan, .infinity, -.infinity, 1, -1, 1.0.nextUp, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
        ]
        let values: [SQLValue] =
            reals.map { .real($0) } + [
                .null, .integer(0), .integer(1), .text(""), .text("\0"), .text("1"), .text("12345678"),
                .text("12345678\0"), .text("123456780"), .blob([]), .blob([0]), .blob([0, 0]),
            ]
        var states = Set(values.map { value in [value].reduce(into: Checksum()) { $0.add($1) }.state })
        #expect(states.count == values.count)
        // SQLite keeps one zero and, as NULL, one NaN.
        states.insert([SQLValue.real(-0.0)].reduce(into: Checksum()) { $0.add($1) }.state)
        states.insert([SQLValue.real(-.signalingNaN)].reduce(into: Checksum()) { $0.add($1) }.state)
        #expect(states.count == values.count)
    }

    // MARK: Recording

    /// Values as they come: finite and not, and both zeros.
    private static func variance(_ step: Int, _ layer: Int) -> Double {
        let odd: [Double] = [.nan, .infinity, -.infinity, -0.0, 0, 0.1]
        return step % 7 == 0 ? odd[(step / 7 + layer) % odd.count] : Double(step) * 0.3 + Double(layer)
    }

    @Test(arguments: [1, 40, 6000])
    func `rows give one checksum in whatever order they come and however often`(_ steps: Int) throws {
        var recorder = try Recorder(store)
        let straight = try recorder.start(NewRun(), layers: twoLayers)
        for step in 0..<steps {
            for layer in 0..<2 {
                try recorder.log(straight, step: step, layer: layer, variance: Self.variance(step, layer))
            }
            try recorder.log(straight, step: step, metric: "loss", Self.variance(step, 0), at: 1)
        }
        try recorder.finish(straight, RunEnding(.finished, steps: steps))

        let mixed = try recorder.start(NewRun(), layers: twoLayers.reversed())
        var random = SeededGenerator(seed: 3)
        for step in (0..<steps).shuffled(using: &random) {
            // First another value, whose place the right one takes in the same batch or in a later one.
            try recorder.log(mixed, step: step, layer: 0, variance: 77)
            try recorder.log(mixed, step: step, metric: "loss", Self.variance(step, 0), at: 1)
        }
        for step in (0..<steps).shuffled(using: &random) {
            for layer in [1, 0] {
                try recorder.log(mixed, step: step, layer: layer, variance: Self.variance(step, 1 - layer))
            }
            // An exact repeat is dropped.
            try recorder.log(mixed, step: step, metric: "loss", Self.variance(step, 0), at: 1)
            if step % 1000 == 0 { try recorder.flush() }
        }
        try recorder.finish(mixed, RunEnding(.finished, steps: steps))
        #expect(try checksums(straight.number)[..<2] == checksums(mixed.number)[..<2])
        #expect(try checksums(straight.number).allSatisfy { $0 != nil && $0 != 0 })
        #expect(try findings() == [])
    }

    @Test func `rows that could not be written count once when they are`() throws {
        var recorder = try Recorder(store)
        let open = try recorder.start(NewRun(), layers: twoLayers)
        try recorder.log(open, step: 0, variances: [1, 2])
        try recorder.log(open, step: 0, metric: "loss", 1)
        // The last statement of the transaction fails.
        try store.connection.execute(
            "CREATE INDEX refusal ON runs (abs(iif(last_step IS NULL, 0, -9223372036854775808)))"
        )
        #expect(throws: SQLiteError.self) { try recorder.flush() }
        try store.connection.execute("DROP INDEX refusal")
        try recorder.finish(open, RunEnding(.finished, steps: 1))
        #expect(try findings() == [])
    }

    @Test func `a run that was killed is proven as far as it came, and nothing comes to it from who recorded it`()
        throws
    {
        var recorder = try Recorder(store)
        let open = try recorder.start(NewRun(), layers: twoLayers)
        try recorder.log(open, step: 0, variances: [1, 2])
        try recorder.flush()
        // As if another process had the number by now.
        try store.connection.execute("UPDATE runs SET process_started = process_started - 1")
        _ = try Store(path: path, for: .writing)
        #expect(try store.run("1").status == .killed)
        #expect(try findings() == [])
        #expect(try checksums(1)[2] != nil)

        try recorder.log(open, step: 1, variances: [3, 4])
        #expect(throws: StoreError.self) { try recorder.log(open, param: "late", .integer(1)) }
        #expect(throws: StoreError.self) { try recorder.flush(open) }
        #expect(try findings() == [])
        try store.connection.execute("UPDATE layer_variances SET variance = 5 WHERE step = 0 AND layer_id = 1")
        #expect(try findings().map(\.topic) == [.digests])
    }

    @Test func `nothing more is recorded of a run that has ended`() throws {
        var recorder = try Recorder(store)
        let open = try recorder.start(NewRun(), layers: twoLayers)
        try recorder.finish(open, RunEnding(.finished))
        #expect(throws: StoreError.self) { try recorder.log(open, step: 0, variances: [1, 2]) }
        #expect(throws: StoreError.self) { try recorder.log(open, step: 0, layer: 0, variance: 1) }
        #expect(throws: StoreError.self) { try recorder.log(open, step: 0, metric: "loss", 1) }
        #expect(throws: StoreError.self) { try recorder.log(open, param: "late", .integer(1)) }
        try recorder.flush()
        #expect(try findings() == [])
    }

    // MARK: Damage

    /// A run with everything, under number 1, and another one.
    private func fill() throws {
        let dataset = try store.addDataset(
            name: "small",
            source: ["generator": "test"],
            features: 1,
            classes: 2,
            training: SplitContent(inputs: [1], labels: [0]),
            validation: SplitContent(inputs: [2], labels: [1])
        ).record
        var recorder = try Recorder(store)
        for _ in 0..<2 {
            var new = NewRun()
            new.name = "a name"
            new.architecture = "plain"
            new.seed = 4
            new.dataset = dataset.id
            new.params = [("width", .integer(10)), ("rate", .real(0.5))]
            new.configuration = ["width": .integer(10)]
            new.environment = ["varve": "0"]
            let open = try recorder.start(new, layers: twoLayers)
            for step in 0..<20 {
                try recorder.log(open, step: step, variances: [Float(Self.variance(step, 0)), 1])
                try recorder.log(open, step: step, metric: "loss", Self.variance(step, 0), at: 1)
            }
            var ending = RunEnding(.finished, steps: 20)
            ending.initialWeightsDigest = "i"
            ending.finalTensors = [
                TensorRecord(name: "w", shape: [1, 2], dtype: "F32", bytes: [1, 2, 3, 4, 5, 6, 7, 8])
            ]
            try recorder.finish(open, ending)
        }
    }

    static let damages = [
        "UPDATE layer_variances SET variance = 1.0000000000000002 WHERE run_id = 1 AND step = 3 AND layer_id = 2",
        "UPDATE layer_variances SET variance = NULL WHERE run_id = 1 AND step = 3 AND layer_id = 2",
        "UPDATE layer_variances SET variance = 0 WHERE run_id = 1 AND variance IS NULL",
        "UPDATE layer_variances SET variance = -variance WHERE run_id = 1 AND abs(variance) = 9e999",
        "UPDATE layer_variances SET step = 99 WHERE run_id = 1 AND step = 19",
        "UPDATE layer_variances SET layer_id = 3 - layer_id + 1000 WHERE run_id = 1 AND step = 5",
        "DELETE FROM layer_variances WHERE run_id = 1 AND step = 3",
        "INSERT INTO layer_variances VALUES (1, 20, 1, 1), (1, 20, 2, 1)",
        "UPDATE metrics SET value = value + 1 WHERE run_id = 1 AND step = 3",
        "UPDATE metrics SET value = 1 WHERE run_id = 1 AND is_nan",
        "UPDATE metrics SET is_nan = 1 WHERE run_id = 1 AND step = 3",
        "UPDATE metrics SET timestamp = 2 WHERE run_id = 1 AND step = 3",
        "UPDATE metrics SET step = 99 WHERE run_id = 1 AND step = 3",
        "DELETE FROM metrics WHERE run_id = 1 AND step = 3",
        "INSERT INTO metrics VALUES (1, 1, 3, 2, 0.5, 0)",
        "UPDATE params SET value = 11 WHERE run_id = 1 AND key = 'width'",
        "UPDATE params SET value = '10' WHERE run_id = 1 AND key = 'width'",
        "UPDATE params SET key = 'vidth' WHERE run_id = 1 AND key = 'width'",
        "DELETE FROM params WHERE run_id = 1 AND key = 'width'",
        "UPDATE tensors SET name = 'v' WHERE run_id = 1",
        "UPDATE tensors SET shape = '[2,1]' WHERE run_id = 1",
    ]

    @Test(
        arguments: damages
            + [
                "uuid = iif(uuid LIKE 'f%', 'e', 'f') || substr(uuid, 2)", "name = 'b name'", "name = NULL",
                "architecture = 'plaim'", "seed = 5",
                "status = 'failed'", "status = 'gone'", "started = started + 1", "ended = ended + 1", "steps = 21",
                "initial_weights_digest = 'j'", "final_weights_digest = 'j'", "batch_order_digest = 'j'",
                "numerics = 9",
                "host = 'other'", "pid = pid + 1", "heartbeat = heartbeat + 1", "dataset_id = NULL",
                "environment_id = NULL", "configuration_digest = NULL", "variances_checksum = variances_checksum + 1",
                "metrics_checksum = metrics_checksum + 1", "run_checksum = run_checksum + 1", "run_checksum = NULL",
            ].map { "UPDATE runs SET \($0) WHERE id = 1" }
    )
    func `a change of what was recorded of a run is found, is not mended, and does not go to another store`(
        _ sql: String
    ) throws {
        try fill()
        #expect(try findings() == [])
        try store.connection.execute("PRAGMA foreign_keys = OFF; " + sql)
        let found = try findings().filter { $0.topic == .digests }
        #expect(!found.isEmpty && found.allSatisfy { $0.kind == .damage && $0.run == 1 }, "\(found)")
        try StoreCheck(path: path, isMending: true).execute { _ in }
        #expect(try findings().filter { $0.topic == .digests } == found)
        // A run that has lost the checksum of its end has nothing to be compared with.
        guard !sql.contains("run_checksum = NULL") else { return }
        let other = try Store(path: folder.file("other.db"), for: .writing)
        let error = #expect(throws: StoreError.self) { try other.merge(Store(path: path, for: .reading)) }
        #expect(error?.code == .invalid)
        #expect(try other.connection.value("SELECT count(*) FROM runs", as: Int.self) == 0)
    }

    @Test(arguments: [
        "UPDATE layers SET name = 'Imput' WHERE id = 1", "UPDATE layers SET short_name = 'imput' WHERE id = 1",
        "UPDATE layers SET position = 5 WHERE id = 1", "UPDATE layers SET measure = 'unbiased' WHERE id = 1",
        "UPDATE layers SET after_norm = 1 WHERE id = 1", "UPDATE metric_keys SET key = 'lass'",
        "UPDATE datasets SET source = '{}'", "UPDATE datasets SET name = 'smell'", "UPDATE datasets SET classes = 3",
        "UPDATE datasets SET created = 1", "UPDATE schema_migrations SET name = 'indexas' WHERE number = 2",
    ])
    func `a change of what runs have in common is found`(_ sql: String) throws {
        try fill()
        try store.connection.execute(sql)
        #expect(try findings().contains { $0.kind == .damage })
    }

    @Test func `what may be edited is no damage`() throws {
        try fill()
        try store.tag([1], with: [("note", "new")])
        _ = try store.delete([2])
        try store.createExperiment(named: "one")
        try store.renameExperiment("one", to: "two")
        #expect(try findings() == [])
    }
}
