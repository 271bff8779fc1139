import TestSupport
import Testing

@testable import Storage

/// What a filter finds, on runs where every case can be checked by eye.
@Suite struct FilterTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)

        var first = SampleRun()
        first.architecture = "plain"
        first.seed = 7
        first.name = "baseline"
        first.started = 1_795_514_400_000  // 2026-11-24T10:00:00Z
        first.ended = 1_795_514_401_500
        first.steps = 3
        first.params = ["width": .integer(100), "rate": .real(0.05), "init": .text("he-uniform"), "size": .text("10")]
        first.tags = ["note": "Drift seen", "x": "10", "version": "1.2.3", "odd key": "a", "a`b\"c": "it's"]
        first.metrics = ["loss": [(0, 3), (2, 1.5)], "val loss": [(0, 2)], "broken": [(0, 1), (1, .nan)]]
        first.variances = [[1, 2], [3, 40], [5, .infinity]]
        try first.record(in: store)

        var second = SampleRun()
        second.architecture = "batchnorm"
        second.seed = 8
        second.experiment = "depth"
        second.status = .killed
        second.started = 1_795_600_800_000  // a day later
        second.params = ["width": .integer(200), "rate": .real(0.1), "init": .text("9"), "size": .integer(9)]
        second.tags = ["x": "9", "version": "1.2", "word": "100%"]
        second.metrics = ["loss": [(0, .infinity)]]
        second.variances = [[1, .nan]]
        try second.record(in: store)

        // Logged by another program: nearly nothing is known.
        var third = SampleRun()
        third.tags = ["x": "many", "word": "a*b?[c]"]
        try third.record(in: store)
    }

    @Test(arguments: [
        ("architecture = 'plain'", [1]),
        ("architecture != 'plain'", [2]),
        ("architecture IS NULL", [3]),
        ("NOT architecture = 'plain'", [2]),
        ("number >= 2", [2, 3]), ("number IN (1, 3)", [1, 3]), ("number NOT IN (1, 3)", [2]),
        ("seed < 8", [1]), ("seed <= 7.5", [1]), ("seed = '8'", [2]), ("seed != 8", [1]), ("seed IS NOT NULL", [1, 2]),
        ("status = 'killed'", [2]), ("status = 'running'", []), ("status != 'killed'", [1, 3]),
        ("status LIKE 'k%'", [2]),
        ("experiment = 'depth'", [2]), ("dataset IS NULL", [1, 2, 3]), ("name = 'baseline'", [1]),
        ("steps > 0", [1]), ("last_step = 2", [1]),
        ("attributes.seed = 7", [1]), ("attribute.seed = 7", [1]), ("run.seed = 7", [1]), ("SEED = 7", [1]),
        ("run_name = 'baseline'", [1]),
    ])
    func `attributes are asked by their bare names`(_ filter: String, _ expected: [Int64]) throws {
        #expect(try store.numbers(filter) == expected)
    }

    @Test(arguments: [
        ("started = 1795514400000", [1]),
        ("started >= '2026-11-24' AND started < '2026-11-25'", [1]),
        ("started = '2026-11-24T10:00'", [1]),
        ("started = '2026-11-24 12:30:00+02:30'", [1]),
        ("started > '2026-11-24T10:00:00Z'", [2]),
        ("ended = '2026-11-24T10:00:01.5'", [1]),
        ("ended IS NULL", [2, 3]),
    ])
    func `times are asked in milliseconds or as dates in UTC`(_ filter: String, _ expected: [Int64]) throws {
        #expect(try store.numbers(filter) == expected)
    }

    @Test(arguments: [
        // A param keeps its type, and text that is a number counts as one.
        ("params.width = 100", [1]), ("params.width = '100'", [1]), ("params.width = 100.0", [1]),
        ("param.width IN ('100', 200.0)", [1, 2]), ("parameters.width > 99", [1, 2]),
        ("params.size < 10", [2]), ("params.size >= '9'", [1, 2]), ("params.size IN (9, 10, 'ten')", [1, 2]),
        ("tags.x > 9", [1]), ("tags.x > '9'", [1, 3]), ("tags.x = 9.0", [2]), ("tags.x IN ('many', 1e1)", [1, 3]),
        // A number and a word are unequal and have no order.
        ("params.init = 9", [2]), ("params.init != 9", [1]), ("params.init > 8", [2]), ("NOT params.init > 8", []),
        ("params.width < 'z'", []), ("params.width != 'z'", [1, 2]), ("params.width NOT IN ('z')", [1, 2]),
        // Two texts compare byte by byte.
        ("params.init > 'a'", [1]), ("tags.version > '1.2'", [1]), ("tags.version >= '1.2'", [1, 2]),
        ("tags.version > 1.1", [2]),
    ])
    func `values are compared as numbers where both are numbers`(_ filter: String, _ expected: [Int64]) throws {
        #expect(try store.numbers(filter) == expected)
    }

    @Test(arguments: [
        ("metrics.loss = 1.5", [1]), ("metrics.loss > 1e300", [2]), ("metrics.loss = inf", [2]),
        ("metrics.loss < Infinity", [1]), ("metrics.loss >= '-inf'", [1, 2]), ("metric.loss IS NULL", [3]),
        ("metrics.`val loss` = 2", [1]), ("metrics.\"val loss\" = 2", [1]),
        // NaN is nothing that could be compared.
        ("metrics.broken IS NULL", [1, 2, 3]), ("NOT metrics.broken > 0", []), ("metrics.broken != 0", []),
        ("variance.output = inf", [1]), ("variance.Output > 30", [1]), ("variance.output IS NULL", [2, 3]),
        ("variance.input = 5", [1]), ("variance.input IN (1, 5)", [1, 2]), ("variance.other > 0", []),
    ])
    func `metrics and variances are those of the last step`(_ filter: String, _ expected: [Int64]) throws {
        #expect(try store.numbers(filter) == expected)
    }

    @Test(arguments: [
        ("tags.note LIKE '%seen'", [1]), ("tags.note LIKE 'drift%'", []), ("tags.note ILIKE 'dRIFT%'", [1]),
        ("tags.note NOT ILIKE 'd%'", []), ("tags.note LIKE 'Drift_seen'", [1]), ("tags.x NOT LIKE '%0'", [2, 3]),
        ("tags.word LIKE '100%'", [2]), ("tags.word LIKE 'a*b?[c]'", [3]), ("tags.word LIKE 'a*%'", [3]),
        ("tags.word LIKE '*'", []), ("tags.word LIKE '[a]%'", []), ("params.width LIKE '1%'", [1]),
        ("tags.`odd key` = 'a'", [1]), ("tags.\"a`b\"\"c\" = 'it''s'", [1]), ("tags.`a``b\"c` = \"it's\"", [1]),
    ])
    func `patterns mind the case unless asked not to`(_ filter: String, _ expected: [Int64]) throws {
        #expect(try store.numbers(filter) == expected)
    }

    @Test(arguments: [
        ("seed = 7 OR seed = 8 AND status = 'finished'", [1]),
        ("(seed = 7 OR seed = 8) AND status = 'killed'", [2]),
        ("NOT seed = 7 AND seed = 8", [2]), ("NOT (seed = 7 AND seed = 8)", [1, 2]),
        ("not not (((seed = 7)))", [1]), ("seed=7 or(seed=8)", [1, 2]), ("tags.none = 1 OR number = 3", [3]),
        ("NOT (tags.none = 1 OR number = 3)", []), ("NOT (tags.none = 1 AND number = 3)", [1, 2]),
    ])
    func `AND binds more tightly than OR, and NOT most`(_ filter: String, _ expected: [Int64]) throws {
        #expect(try store.numbers(filter) == expected)
    }

    private func list(_ order: String, limit: Int? = nil) throws -> [Int64] {
        var numbers: [Int64] = []
        try store.forEachRun(by: try RunOrder.list(parsing: order), limit: limit) { numbers.append($0.number) }
        return numbers
    }

    @Test func `a list has the filter's runs in the order asked for, with what is missing last`() throws {
        #expect(try list("seed") == [1, 2, 3])
        #expect(try list("-seed") == [2, 1, 3])
        #expect(try list("metrics.loss desc") == [2, 1, 3])
        #expect(try list("tags.x") == [2, 1, 3])
        #expect(try list("-tags.x") == [3, 1, 2])
        #expect(try list("params.size asc", limit: 1) == [2])
        #expect(try list("variance.input, number") == [2, 1, 3])
        // Equal ones stay newest first.
        #expect(try list("dataset") == [3, 2, 1])
        #expect(try list("dataset, number") == [1, 2, 3])
        var found: [RunStatus] = []
        try store.forEachRun(matching: try Filter(parsing: "status = 'killed'")) { found.append($0.status) }
        #expect(found == [.killed])
    }

    @Test func `deleted runs are found only when they are asked for`() throws {
        try store.connection.execute("UPDATE runs SET lifecycle = 'deleted' WHERE id = 2")
        #expect(try store.numbers("seed IS NOT NULL") == [1])
        #expect(try store.runNumbers(matching: .all, lifecycle: .deleted) == [2])
    }

    @Test(
        arguments: [
            ("2026-02-29", nil), ("2024-02-29", 1_709_164_800_000), ("1969-12-31T23:59:59.999", -1),
            ("0001-01-01", -62_135_596_800_000),
            ("2000-01-01T00:00:00Z", 946_684_800_000), ("2000-01-01T00:00-00:30", 946_686_600_000), ("2000-13-01", nil),
            ("2000-01-01T24:00", nil), ("2000-01-01T00:00:00.", nil), ("2000-1-1", nil), ("2000-01-01T", nil),
            ("20000101", nil),
            ("2000-01-01T00:00+1:00", nil), ("2000-01-01 ", nil), ("", nil), ("2000-04-31", nil), ("1900-02-29", nil),
        ] as [(String, Int64?)]
    )
    func `dates are those of the calendar`(_ text: String, _ expected: Int64?) {
        #expect(Moment.parse(text) == expected)
    }

    @Test(
        arguments: [
            ("metrics.broken IS NAN", [1]), ("metrics.broken IS NOT NAN", []), ("NOT metrics.broken is nan", []),
            ("metrics.broken IS FINITE", []), ("metrics.broken IS NOT FINITE", [1]), ("metrics.loss IS FINITE", [1]),
            ("NOT metrics.loss IS FINITE", [2]), ("variance.output IS NAN", [2]), ("variance.output IS NOT NAN", [1]),
            ("variance.output IS FINITE", []), ("variance.output IS NOT FINITE", [1, 2]),
            ("max(metrics.loss) = 3", [1]), ("MIN(metric.loss) = 1.5", [1]), ("max(metrics.loss) = inf", [2]),
            ("max(metrics.broken) = 1", [1]), ("max( metrics.`val loss` ) IN (2)", [1]),
            ("min(metrics.none) IS NAN", []),
            ("max_step(metrics.loss) = 0", [1, 2]), ("min_step(metrics.loss) = 2", [1]),
            ("MIN_STEP(metric.loss) IS NULL", [3]), ("max_step(metrics.broken) < 1", [1]),
            ("min_step( metrics.`val loss` ) IN (0)", [1]), ("NOT max_step(metrics.loss) >= 1", [1, 2]),
            ("duration = 1500", [1]), ("duration >= 1500 AND NOT duration > 1500", [1]),
        ] as [(String, [Int64])]
    ) func `values that are not finite, extremes and durations are asked for`(
        _ filter: String,
        _ runs: [Int64]
    ) throws {
        #expect(try store.numbers(filter) == runs)
    }

    @Test(arguments: [
        ("seed IS NAN", 8), ("params.width IS NOT FINITE", 20), ("max(seed) = 1", 4), ("max(metrics.loss = 1", 17),
        ("last(metrics.loss) = 1", 0), ("params.* = 1", 0), ("metrics.loss = nan", 15),
        ("max(max(metrics.loss)) = 1", 4), ("max_step(steps) = 1", 9), ("min_step(metrics.loss) = 'x'", 25),
        ("max_step(max(metrics.loss)) = 1", 9),
    ]) func `what cannot be asked so is refused at its place`(_ filter: String, _ offset: Int) {
        let error = #expect(throws: FilterError.self) { try Filter(parsing: filter) }
        #expect(error?.offset == offset)
    }

    @Test func `the step of an extreme is the first that has it, and sorts`() throws {
        var ties = SampleRun()
        ties.metrics = ["acc": [(5, 2), (1, 2), (3, -1), (4, -1), (9, .nan)], "none": [(0, .nan)]]
        try ties.record(in: store)
        var late = SampleRun()
        late.metrics = ["acc": [(7, .infinity), (2, -.infinity)]]
        try late.record(in: store)
        for filter in [
            "max_step(metrics.acc) = 1 AND min_step(metrics.acc) = 3", "max_step(metrics.acc) < 7",
            "metrics.none IS NAN AND max_step(metrics.none) IS NULL",
        ] { #expect(try store.numbers(filter) == [ties.number], "\(filter)") }
        #expect(try store.numbers("max_step(metrics.acc) = 7 AND min_step(metrics.acc) = 2") == [late.number])
        #expect(try list("-max_step(metrics.acc)", limit: 2) == [late.number, ties.number])
        #expect(try list("min_step(metrics.acc)", limit: 2) == [late.number, ties.number])
    }

    @Test func `a layer has a number for each measure, and a variance under whatever name`() throws {
        var recorder = try Recorder(store)
        let measures = ["second_moment", "dead_share", "gradient_second_moment", "unbiased"]
        let run = try recorder.start(
            NewRun(),
            layers: measures.map { LayerPlace(name: "fc", position: 0, measure: $0) }
        )
        try recorder.log(run, step: 0, variances: [1, 2, 3, 4])
        try recorder.finish(run, RunEnding(.finished))
        for filter in [
            "second_moment.fc = 1", "Second-Moment.fc = 1", "dead.fc = 2", "gradient.fc = 3", "variance.fc = 4",
        ] { #expect(try store.numbers(filter) == [run.number], "\(filter)") }
        #expect(try store.numbers("variance.fc < 4 OR dead.fc > 2 OR second_moment.input > 0") == [])
        let found = try #require(try store.run(number: run.number))
        #expect(try store.variances(of: found).map(\.variance) == [4])
        #expect(Set(try store.measures(of: found).map(\.measure)) == Set(measures))
        #expect(try store.connection.value("SELECT count(*) FROM variances WHERE run = \(run.number)") == 1)
        #expect(try store.connection.value("SELECT count(*) FROM measures WHERE run = \(run.number)") == 4)
    }

    @Test func `a duration that is no number of 64 bits is none`() throws {
        try store.connection.execute("UPDATE runs SET started = -9223372036854775807, ended = 9 WHERE id = 1")
        #expect(try store.numbers("duration > 0 AND number = 1") == [])
        #expect(try store.run(number: 1)?.duration == nil)
    }
}
