import Foundation
import TestSupport
import Testing

@testable import Storage

/// What looking a store over finds, and what it puts right.
@Suite struct CheckTests {
    private let folder: TemporaryFolder
    private let path: String

    /// A store with a dataset and three runs: one of ours with weights, a logged one, one that has metrics alone.
    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("varve.db")
        let store = try Store(path: path, for: .writing)
        _ = try store.addDataset(
            name: "small",
            source: ["generator": "test"],
            features: 2,
            classes: 2,
            training: SplitContent(inputs: [1, 2, 3, 4], labels: [0, 1]),
            validation: SplitContent(inputs: [5, 6], labels: [1])
        )
        var recorder = try Recorder(store)
        var new = NewRun()
        new.configuration = ["width": .integer(10)]
        new.environment = ["varve": "0"]
        let ours = try recorder.start(new, layers: twoLayers)
        for step in 0..<100 { try recorder.log(ours, step: step, variances: [Float(step), 2]) }
        var ending = RunEnding(.finished, steps: 100)
        ending.finalTensors = (0..<3).map { index in
            TensorRecord(
                name: "w\(index)",
                shape: [2, 2],
                dtype: "F32",
                bytes: [UInt8](repeating: UInt8(index), count: 16)
            )
        }
        try recorder.finish(ours, ending)
        let logged = try recorder.start(NewRun(), layers: [twoLayers[0]])
        try recorder.log(logged, step: 5, variances: [1])
        try recorder.finish(logged, RunEnding(.finished, steps: 6))
        let metrics = try recorder.start(NewRun(), layers: [])
        try recorder.log(metrics, step: 7, metric: "loss", 1)
        try recorder.finish(metrics, RunEnding(.failed, steps: 8))
    }

    private func findings(isMending: Bool = false) throws -> [Finding] {
        try StoreCheck.findings(in: path, isMending: isMending)
    }

    /// Changes the store behind Varve's back.
    private func damage(_ sql: String) throws {
        try Connection(path: path, mode: .existing).execute("PRAGMA foreign_keys = OFF; " + sql)
    }

    @Test func `a store as it should be gives no finding, and what it holds is counted`() throws {
        let check = try StoreCheck(path: path, isMending: false)
        var findings: [Finding] = []
        try check.execute { findings.append($0) }
        #expect(findings == [])
        #expect(check.counts.runs == 3)
        #expect(check.counts.variances == 201)
        #expect(check.counts.datasets == 1)
        #expect(check.counts.blobs == 3)
    }

    struct Damage: CustomTestStringConvertible {
        let sql: String
        let topic: Finding.Topic
        var run: Int64?
        let words: String
        var testDescription: String { sql }
    }

    static let damages = [
        Damage(
            sql: """
                PRAGMA writable_schema = ON;
                UPDATE sqlite_schema SET sql = replace(sql, 'features', 'featured') WHERE name = 'datasets'
                """,
            topic: .digests,
            words: "looking further was impossible: no such column: "
        ),
        Damage(
            sql: "UPDATE blobs SET bytes = zeroblob(16) WHERE digest = (SELECT digest FROM tensors WHERE position = 1)",
            topic: .digests,
            words: "bytes of a tensor"
        ),
        Damage(
            sql: "UPDATE dataset_splits SET labels = zeroblob(length(labels))",
            topic: .digests,
            words: "dataset 'small'"
        ),
        Damage(sql: "UPDATE environments SET content = '{}'", topic: .digests, words: "environment"),
        Damage(
            sql: "UPDATE runs SET configuration = '{\"width\":11}' WHERE id = 1",
            topic: .digests,
            run: 1,
            words: "configuration"
        ),
        Damage(
            sql: "DELETE FROM blobs WHERE digest = (SELECT digest FROM tensors WHERE position = 2)",
            topic: .references,
            run: 1,
            words: "the bytes of its tensor w2 (final) are missing"
        ),
        Damage(sql: "DELETE FROM metric_keys", topic: .references, words: "metrics has rows whose row in metric_keys"),
        Damage(sql: "DELETE FROM tensors WHERE position = 1", topic: .runs, run: 1, words: "some of its final weights"),
        Damage(
            sql: "UPDATE tensors SET shape = '[2,3]' WHERE position = 0",
            topic: .runs,
            run: 1,
            words: "has 16 bytes, which are not F32 of shape [2,3]"
        ),
        Damage(
            sql: "DELETE FROM layer_variances WHERE run_id = 1 AND step = 40 AND layer_id = 2",
            topic: .runs,
            run: 1,
            words: "1 variances at step 40, where other steps have 2"
        ),
        Damage(
            sql: "DELETE FROM layer_variances WHERE run_id = 1",
            topic: .runs,
            run: 1,
            words: "its variances are missing"
        ),
        Damage(
            sql: "UPDATE layer_variances SET layer_id = 9 WHERE run_id = 2",
            topic: .runs,
            run: 2,
            words: "1 of its variances are of layers that are missing"
        ),
        Damage(
            sql: "UPDATE sqlite_sequence SET name = 'runt'",
            topic: .references,
            words: "the last number given to a run reads as 0"
        ),
        Damage(sql: "DROP VIEW run_params", topic: .schema, words: "view run_params is missing"),
        Damage(
            sql: "DROP VIEW run_params; CREATE VIEW run_params AS SELECT 1 AS run",
            topic: .schema,
            words: "view run_params is not what the migrations make"
        ),
    ]

    @Test(arguments: damages)
    func `damage is found and named, and not made worse by mending`(_ damage: Damage) throws {
        try self.damage(damage.sql)
        for isMending in [false, true] {
            // Nothing is written to a store of another schema.
            if isMending, damage.words.contains("not what the migrations make") || damage.sql.contains("sqlite_schema")
            {
                #expect(throws: StoreError.self) { try findings(isMending: true) }
                continue
            }
            let found = try findings(isMending: isMending).filter { $0.topic == damage.topic && $0.kind == .damage }
            #expect(found.contains { $0.message.contains(damage.words) && $0.run == damage.run }, "\(found)")
            let mendable = ["its last step", "the latest values"]
            #expect(
                found.allSatisfy { finding in
                    !finding.isMended || mendable.contains { finding.message.hasPrefix($0) }
                }
            )
        }
    }

    @Test(arguments: [(1, 98), (1, 100), (2, 4), (3, 9)])
    func `a last step that is not that of the rows is set by them`(_ run: Int64, _ step: Int64) throws {
        let before = try Store(path: path, for: .reading).run(number: run)?.lastStep
        try damage("UPDATE runs SET last_step = \(step) WHERE id = \(run)")
        #expect(try findings().map(\.run) == [run])
        #expect(try findings(isMending: true).map(\.isMended) == [true])
        #expect(try findings() == [])
        #expect(try Store(path: path, for: .reading).run(number: run)?.lastStep == before)
    }

    @Test func `what a dead process left is untidy and no damage, and is tidied up`() throws {
        try damage(
            """
            INSERT INTO blobs VALUES ('\(Digest.sha256([1, 2, 3]))', x'010203');
            UPDATE runs SET status = 'running', process_started = 1, run_checksum = NULL WHERE id = 2
            """
        )
        let found = try findings()
        #expect(found.map(\.kind) == [.untidy, .untidy])
        #expect(found.map(\.run) == [2, nil])
        #expect(try findings(isMending: true).map(\.isMended) == [true, true])
        #expect(try findings() == [])
        let store = try Store(path: path, for: .reading)
        #expect(try store.run("2").status == .killed)
        #expect(try store.connection.value("SELECT count(*) FROM blobs", as: Int.self) == 3)
    }

    @Test func `what an interrupted purge left is untidy, and the purge goes on`() throws {
        try damage(
            """
            DELETE FROM runs WHERE id >= 2; DELETE FROM run_layers WHERE run_id >= 2;
            DELETE FROM run_metric_keys WHERE run_id >= 2; INSERT INTO purges VALUES (2, 'a', 1), (3, 'b', 1)
            """
        )
        let found = try findings()
        #expect(found.map(\.kind) == [.untidy, .untidy])
        #expect(found.map(\.run) == [2, 3])
        _ = try Store(path: path, for: .writing).purge()
        #expect(try findings() == [])
    }

    @Test func `an index that lost a row is built anew`() throws {
        // A row changes while the schema has no such index.
        let item = try Connection(path: path, mode: .existing)
            .prepareOnly("SELECT rootpage, sql FROM sqlite_schema WHERE name = 'runs_configuration'")
            .first { (root: Int, sql: String) in (root, sql) }
        let (root, sql) = try #require(item)
        try damage("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'runs_configuration'")
        try damage("UPDATE runs SET seed = 7")
        try damage(
            """
            PRAGMA writable_schema = ON;
            INSERT INTO sqlite_schema VALUES ('index', 'runs_configuration', 'runs', \(root), '\(sql)')
            """
        )
        let store = try Store(path: path, for: .writing)
        for run in 1...3 { try RunSeal(store).seal(Int64(run)) }
        weak var check: StoreCheck?
        do {
            let kept = try StoreCheck(path: path, isMending: false)
            check = kept
            try kept.execute { _ in }
        }
        #expect(check == nil, "what is to be put right keeps the check, and the store open")
        #expect(try findings().allSatisfy { $0.topic == .structure })
        #expect(try !findings().isEmpty)
        #expect(try findings(isMending: true).allSatisfy(\.isMended))
        #expect(try findings() == [])
    }

    @Test func `others may record while a store is looked over`() throws {
        let store = try Store(path: path, for: .writing)
        var recorder = try Recorder(store)
        let open = try recorder.start(NewRun(), layers: twoLayers)
        try recorder.log(open, step: 0, variances: [1, 2])
        try recorder.flush()
        #expect(try findings() == [])
        try recorder.finish(open, RunEnding(.finished, steps: 1))
        #expect(try findings() == [])
    }

    /// Everything in a file but what may be edited: tags, experiments, and moments that nothing depends on.
    private func content(_ path: String) throws -> [[SQLValue]] {
        let connection = try Connection(path: path, mode: .immutable)
        var rows: [[SQLValue]] = []
        for sql in [
            "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2", "SELECT * FROM layer_variances",
            "SELECT * FROM metrics", "SELECT * FROM params", "SELECT * FROM tensors", "SELECT * FROM blobs NOT INDEXED",
            "SELECT * FROM datasets NOT INDEXED", "SELECT * FROM dataset_splits NOT INDEXED",
            "SELECT * FROM layers NOT INDEXED", "SELECT * FROM metric_keys NOT INDEXED",
            "SELECT digest, content FROM environments NOT INDEXED",
            """
            SELECT id, uuid, dataset_id, name, architecture, seed, status, started, ended, steps, last_step, configuration,
                configuration_digest, numerics, environment_id, host, boot_id, pid, process_started, heartbeat,
                variances_checksum, metrics_checksum, run_checksum
            FROM runs NOT INDEXED
            """,
        ] {
            let statement = try connection.prepareOnly(sql)
            while try statement.step() { rows.append((0..<statement.columnCount).map { statement.value(at: $0) }) }
        }
        return rows
    }

    @Test func `flipped bits are found or change nothing that was recorded, and never end in a crash`() throws {
        _ = try Store(path: path, for: .writing).compact()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let before = try content(path)
        var random = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            var bytes = whole
            // Most of a page is empty where a store is small: flip where something is.
            var place = Int.random(in: 0..<bytes.count, using: &random)
            while bytes[place] == 0 { place = Int.random(in: 0..<bytes.count, using: &random) }
            bytes[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
            let copy = folder.file("copy.db")
            try bytes.write(to: URL(fileURLWithPath: copy))
            var isFound = false
            do {
                try StoreCheck(path: copy, isMending: false).execute { _ in isFound = true }
                try Store(path: copy, for: .reading).forEachRun { _ in }
            } catch is StoreError {
                isFound = true
            } catch is SQLiteError {
                isFound = true
            }
            if !isFound { #expect(try content(copy) == before, "byte \(place)") }
        }
    }
}
