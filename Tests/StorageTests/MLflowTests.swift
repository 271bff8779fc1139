import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite struct MLflowTests {
    private let folder: TemporaryFolder
    private let file: String
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        file = folder.file("mlflow.db")
        try MLflowFixture.fill(file)
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    private let pattern = LayerPattern("{layer}.variance")

    private func options(_ pattern: LayerPattern?) -> MLflowOptions {
        var options = MLflowOptions()
        options.pattern = pattern
        options.measure = "unbiased"
        return options
    }

    private func outcomes(_ pattern: LayerPattern?) throws -> [MergedRun.Outcome] {
        var outcomes: [MergedRun.Outcome] = []
        _ = try store.importMLflow(file, options(pattern)) { outcomes.append($0.outcome) }
        return outcomes
    }

    @Test(arguments: ["metrics", "latest_metrics", "tags"])
    func `a file in which a view takes the place of a table is refused before the view is asked`(_ table: String) throws
    {
        try Connection(path: file, mode: .existing).execute(
            """
            DROP TABLE \(table);
            CREATE VIEW \(table) AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n)
            SELECT 'k' AS key, '' AS value, 1 AS timestamp, 1 AS step, 0 AS is_nan, '\(MLflowFixture.uuids[0])' AS run_uuid FROM n
            """
        )
        let error = #expect(throws: StoreError.self) { try outcomes(nil) }
        #expect(error?.code == .invalid)
        #expect(error == .notMLflow(path: folder.file("mlflow.db"), reason: .falseTable(name: table, type: "view")))
        #expect(try store.rows("SELECT count(*) FROM runs") == [[.integer(0)]])
    }

    @Test func `a metric with negative values is no variance, unless it is declared as something else`() throws {
        let key = try #require(
            try Connection(path: file, mode: .existing).prepareOnly("SELECT DISTINCT key FROM metrics")
                .rows { (key: String) in key }.first
        )
        try Connection(path: file, mode: .existing).execute("UPDATE metrics SET value = -1 WHERE key = '\(key)'")
        var options = MLflowOptions()
        options.pattern = LayerPattern("{layer}")
        let findings = try store.importMLflow(file, options) { _ in }
        #expect(findings.signed.contains(key))
        #expect(!findings.layers.contains(key))
        options.measure = "mean"
        let other = try Store(path: folder.file("other.db"), for: .writing)
        #expect(try other.importMLflow(file, options) { _ in }.layers.contains(key))
    }

    @Test func `runs come with their uuids, times, statuses and experiments`() throws {
        #expect(try outcomes(nil) == [.added, .added, .added, .added])
        #expect(
            try store.rows(
                """
                SELECT uuid, runs.name, status, runs.lifecycle, started, ended, experiments.name, experiments.lifecycle
                FROM runs JOIN experiments ON experiments.id = experiment_id ORDER BY runs.id
                """
            ) == [
                [
                    .text(MLflowFixture.uuids[0]), .text("first"), .text("finished"), .text("active"), .integer(5000),
                    .integer(9000), .text("depth"), .text("active"),
                ],
                [
                    .text(MLflowFixture.uuids[1]), .text("by tag"), .text("failed"), .text("deleted"), .integer(5001),
                    .integer(9001), .text("gone"), .text("deleted"),
                ],
                [
                    .text(MLflowFixture.uuids[2]), .text("third"), .text("running"), .text("active"), .integer(5002),
                    .null, .text("Default"), .text("active"),
                ],
                [
                    .text(MLflowFixture.uuids[3]), .text("fourth"), .text("killed"), .text("active"), .integer(5003),
                    .integer(9003), .text("depth"), .text("active"),
                ],
            ]
        )
        #expect(try store.experiments().map(\.name) == ["Default", "depth"])
        // Its last sign of life is long ago.
        #expect(try store.run("3").status == .killed)
    }

    @Test func `params and tags stay text, and MLflow's note is a note`() throws {
        _ = try outcomes(nil)
        #expect(
            try store.params(of: 1) == [
                Entry(key: "lr", value: .text("0.10")), Entry(key: "opt", value: .text("sgd")),
            ]
        )
        #expect(
            try store.tags(of: 1) == [
                Entry(key: "mlflow.note.content", value: .text("a note")), Entry(key: "note", value: .text("a note")),
                Entry(key: "who", value: .text("")),
            ]
        )
        #expect(try store.runNumbers(matching: Filter(parsing: "params.lr = 0.1")) == [1])
    }

    @Test func `metrics keep steps and timestamps, and what is not finite`() throws {
        _ = try outcomes(pattern)
        #expect(
            try store.rows("SELECT step, timestamp, value, is_nan FROM metrics ORDER BY step, timestamp") == [
                [.integer(-1), .integer(6004), .real(-.infinity), .integer(0)],
                [.integer(0), .integer(6000), .real(2.5), .integer(0)],
                [.integer(0), .integer(6005), .real(2.5), .integer(0)],
                [.integer(1), .integer(6001), .real(2.25), .integer(0)],
                [.integer(2), .integer(6002), .real(0), .integer(1)],
                [.integer(3), .integer(6003), .real(.infinity), .integer(0)],
            ]
        )
        #expect(
            try store.rows("SELECT DISTINCT key FROM metric_keys ORDER BY key") == [[.text("loss")], [.text("lost")]]
        )
    }

    @Test func `metrics that fit the pattern are variances, of layers in the order people count`() throws {
        let layers = try store.importMLflow(file, options(pattern)) { _ in }.layers
        #expect(layers == ["layer1", "layer2", "layer10"])
        #expect(
            try store.rows("SELECT step, position, layer, measure, variance FROM variances WHERE layer = 'layer10'")
                == [
                    [.integer(0), .integer(2), .text("layer10"), .text("unbiased"), .real(1)],
                    // The last value of a step.
                    [.integer(1), .integer(2), .text("layer10"), .text("unbiased"), .real(3)],
                    [.integer(2), .integer(2), .text("layer10"), .text("unbiased"), .null],
                    [.integer(4), .integer(2), .text("layer10"), .text("unbiased"), .real(.infinity)],
                ]
        )
        let run = try store.run("1")
        #expect(run.lastStep == 4)
        #expect(run.steps == 5)
        var findings: [Finding] = []
        try StoreCheck(path: store.path, isMending: false).execute { findings.append($0) }
        #expect(findings.filter { $0.kind == .damage } == [])
    }

    @Test func `importing again changes nothing, and a run that has ended meanwhile is replaced`() throws {
        _ = try outcomes(pattern)
        #expect(try outcomes(pattern) == [.present, .present, .present, .present])
        try Connection(path: file, mode: .existing).execute(
            """
            UPDATE runs SET status = 'FINISHED', end_time = 9999 WHERE run_uuid = '\(MLflowFixture.uuids[2])';
            INSERT INTO metrics VALUES ('layer3.variance', 7, 8000, '\(MLflowFixture.uuids[2])', 0, 0)
            """
        )
        #expect(try outcomes(pattern) == [.present, .present, .updated, .present])
        #expect(try store.run("3").status == .finished)
        // A layer that comes later is after those that are there, which stay where they were.
        #expect(
            try store.rows("SELECT name, position FROM layers ORDER BY position") == [
                [.text("layer1"), .integer(0)], [.text("layer2"), .integer(1)], [.text("layer10"), .integer(2)],
                [.text("layer3"), .integer(3)],
            ]
        )
        #expect(try outcomes(pattern) == [.present, .present, .present, .present])
    }

    @Test(arguments: ["FINISHED", "FAILED", "KILLED"])
    func `a run that was renamed while it ran is replaced once it has ended`(_ status: String) throws {
        _ = try outcomes(pattern)
        try Connection(path: file, mode: .existing).execute(
            """
            UPDATE runs SET status = '\(status)', end_time = 9999, name = 'other'
            WHERE run_uuid = '\(MLflowFixture.uuids[2])'
            """
        )
        #expect(try outcomes(pattern) == [.present, .present, .updated, .present])
        #expect(try store.run("3").name == "other")
        let expected: [SQLValue] = [.text(status.lowercased()), .integer(9999)]
        #expect(try store.rows("SELECT status, ended FROM runs WHERE id = 3") == [expected])
        #expect(try outcomes(pattern) == [.present, .present, .present, .present])
        var findings: [Finding] = []
        try StoreCheck(path: store.path, isMending: false).execute { findings.append($0) }
        #expect(findings.filter { $0.kind == .damage } == [])
    }

    @Test(arguments: [false, true])
    func `steps are counted up to the greatest number`(_ isVariance: Bool) throws {
        let key = isVariance ? "layer1.variance" : "loss"
        try Connection(path: file, mode: .existing).execute(
            "INSERT INTO metrics VALUES ('\(key)', 1, 6000, '\(MLflowFixture.uuids[3])', \(Int64.max), 0)"
        )
        _ = try outcomes(pattern)
        #expect(try store.rows("SELECT steps, last_step FROM runs WHERE id = 4") == [[.integer(.max), .integer(.max)]])
    }

    @Test func `another pattern for the same runs is a conflict of the runs that it changes`() throws {
        _ = try outcomes(pattern)
        #expect(try outcomes(nil) == [.conflict, .present, .present, .present])
        #expect(try store.rows("SELECT count(*) FROM runs") == [[.integer(4)]])
    }

    @Test func `MLflow's file is only read, and nothing is left beside the store`() throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: file))
        _ = try outcomes(pattern)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == before)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.allSatisfy { $0 == "mlflow.db" || $0.hasPrefix("varve.db") }, "\(names)")
    }

    @Test(arguments: [
        "UPDATE runs SET run_uuid = 'evil' || rowid", "UPDATE runs SET experiment_id = 77", "DROP TABLE params",
        "ALTER TABLE metrics RENAME COLUMN is_nan TO nan", "UPDATE runs SET start_time = 'soon'",
        "UPDATE experiments SET lifecycle_stage = 'odd'", "UPDATE metrics SET value = x'00'",
        "UPDATE tags SET value = x'00'",
    ])
    func `a file that is not as MLflow makes it is refused, and nothing of it stays`(_ sql: String) throws {
        try Connection(path: file, mode: .existing).execute("PRAGMA ignore_check_constraints = ON; " + sql)
        let error = #expect(throws: StoreError.self) { try outcomes(pattern) }
        #expect(error?.code == .invalid)
        #expect(try store.rows("SELECT count(*) FROM runs") == [[.integer(0)]])
        #expect(try store.rows("SELECT count(*) FROM layers") == [[.integer(0)]])
    }

    @Test func `other files are told from MLflow's`() throws {
        try Data("no database".utf8).write(to: URL(fileURLWithPath: folder.file("notes")))
        let files = [folder.file("none"), folder.path, folder.file("notes"), store.path]
        for (file, code) in zip(files, [StoreError.Code.missing, .invalid, .invalid, .invalid]) {
            let error = #expect(throws: StoreError.self) { try Store.checkMLflow(file) }
            #expect(error?.code == code)
        }
    }

    @Test(arguments: [
        ("{layer}.variance", "layer3.variance", "layer3"), ("var/{layer}", "var/a.b", "a.b"),
        ("{layer}", "x", "x"), ("a{layer}a", "aa", nil), ("a{layer}a", "aba", "b"), ("{layer}.v", "layer3.w", nil),
    ])
    func `a pattern finds the layer's name`(_ pattern: String, _ key: String, _ layer: String?) throws {
        #expect(try #require(LayerPattern(pattern)).layer(in: key) == layer)
    }

    @Test func `a pattern holds the layer once`() {
        for text in ["", "layer", "{layer}{layer}", "{layer", "{name}"] { #expect(LayerPattern(text) == nil) }
    }

    @Test func `names are ordered as people count`() {
        let names = ["b", "a10", "a2", "a", "a02", "a2b", "a2.weight10", "a2.weight9", "10", "9"]
        #expect(
            names.shuffled().sorted(by: LayerPattern.isBefore) == [
                "9", "10", "a", "a02", "a2", "a2.weight9", "a2.weight10", "a2b", "a10", "b",
            ]
        )
    }

    @Test func `an odd key of a param or a tag is left out and told, and the rest is in`() throws {
        try Connection(path: file, mode: .existing).execute(
            """
            INSERT INTO params VALUES ('a' || char(10) || 'b', '1', '\(MLflowFixture.uuids[0])'), ('', '1', '\(MLflowFixture.uuids[1])');
            INSERT INTO tags VALUES ('varve.ignore', 'lr', '\(MLflowFixture.uuids[0])')
            """
        )
        var count = 0
        let found = try store.importMLflow(file, options(pattern)) { _ in count += 1 }
        #expect(found.leftOut.count == 3)
        #expect(count == 4)
        #expect(try store.rows("SELECT DISTINCT key FROM params ORDER BY key") == [[.text("lr")], [.text("opt")]])
        #expect(try store.rows("SELECT count(*) FROM tags WHERE key LIKE 'varve%'") == [[.integer(0)]])
        #expect(try outcomes(pattern) == [.present, .present, .present, .present])
    }

    @Test func `the tags of a run that went on follow, but not over a later one that was set here`() throws {
        let mlflow = try Connection(path: file, mode: .existing)
        let run = MLflowFixture.uuids[2]
        try mlflow.execute("INSERT INTO tags VALUES ('stage', 'first', '\(run)'), ('owner', 'first', '\(run)')")
        _ = try outcomes(nil)
        try store.tag([3], with: [("owner", "me")])
        try mlflow.execute("UPDATE tags SET value = 'second' WHERE run_uuid = '\(run)'")
        #expect(try outcomes(nil) == [.present, .present, .present, .present])
        try mlflow.execute("UPDATE runs SET status = 'FINISHED', end_time = 9500 WHERE run_uuid = '\(run)'")
        #expect(try outcomes(nil) == [.present, .present, .updated, .present])
        #expect(try store.tags(of: 3).map { "\($0.key) \($0.value.text)" } == ["owner me", "stage second"])
    }

    @Test func `a run that went on after it had ended is brought up to date, and an odd key holds up nothing`() throws {
        _ = try outcomes(pattern)
        try store.tag([1], with: [("mine", "yes")])
        try Connection(path: file, mode: .existing).execute(
            """
            INSERT INTO metrics VALUES ('later', 1, 9000, '\(MLflowFixture.uuids[0])', 3, 0);
            INSERT INTO metrics VALUES ('o' || char(10) || 'dd', 1, 9000, '\(MLflowFixture.uuids[0])', 3, 0)
            """
        )
        let found = try store.importMLflow(file, options(pattern)) { _ in }
        #expect(found.leftOut.count == 1)
        #expect(try store.rows("SELECT count(*) FROM run_metrics WHERE key = 'later'") == [[.integer(1)]])
        #expect(try store.rows("SELECT count(*) FROM tags WHERE key = 'mine'") == [[.integer(1)]])
        #expect(try outcomes(pattern) == [.present, .present, .present, .present])
    }
}
