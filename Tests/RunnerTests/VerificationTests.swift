import Foundation
import Testing

@testable import Runner
@testable import Storage

@Suite struct VerificationTests {
    private let place: SweepPlace

    init() throws {
        place = try SweepPlace()
        let configurations = Architecture.allCases.map { TrainingTests.oddConfiguration($0, steps: 11) }
        _ = try place.execute(Grid(configurations, seeds: [0...1]))
    }

    private func verdicts(_ runs: [Int64], jobs: Int = 2) throws -> [Verdict] {
        var numbers = RunNumbers()
        for run in runs { numbers.append(run) }
        var verification = Verification(store: place.path)
        verification.jobs = jobs
        var verdicts: [Verdict] = []
        try verification.execute(numbers) { verdicts.append($0) }
        return verdicts
    }

    /// Changes the store behind the recorder's back.
    private func tamper(_ sql: String) throws {
        try Store(path: place.path, for: .writing).connection.execute(sql)
    }

    @Test(arguments: [1, 2, 5])
    func `runs as they were recorded are identical, reported in the order asked for`(_ jobs: Int) throws {
        let runs: [Int64] = [6, 1, 2, 3, 4, 5]
        let verdicts = try verdicts(runs, jobs: jobs)
        #expect(verdicts.map(\.run) == runs)
        #expect(verdicts.allSatisfy { $0.result == .identical && $0.difference == nil && $0.reason == nil })
    }

    @Test func `a variance one float away is found, with its place`() throws {
        let store = try place.store()
        let run = try #require(try store.run(number: 2))
        let layer = try store.variances(of: run, step: 5)[2]
        let variance = Float(layer.variance)
        let other = Double(variance.nextUp)
        try tamper(
            """
            UPDATE layer_variances SET variance = \(other) WHERE run_id = 2 AND step = 5
            AND layer_id = (SELECT id FROM layers WHERE short_name = '\(layer.name)' AND after_norm = 0)
            """
        )
        let verdict = try verdicts([2])[0]
        #expect(verdict.result == .differs)
        #expect(verdict.difference?.step == 5)
        #expect(verdict.difference?.layer?.name == layer.layer)
        #expect(verdict.difference?.recorded == other)
        #expect(verdict.difference?.computed == Double(variance))
        #expect(verdict.difference?.distance.ulps == 1)
        #expect(try verdicts([1, 3]).allSatisfy { $0.result == .identical })
    }

    @Test(arguments: [
        ("UPDATE metrics SET value = value + 1 WHERE run_id = 1 AND step = 9 AND key_id = 1", "loss"),
        ("UPDATE metrics SET value = 0, is_nan = 1 WHERE run_id = 1 AND step = 0 AND key_id = 1", "loss"),
        ("DELETE FROM layer_variances WHERE run_id = 1 AND step = 4", "no row was recorded"),
        ("DELETE FROM metrics WHERE run_id = 1 AND step = 10 AND key_id = 1", "loss"),
        ("INSERT INTO layer_variances VALUES (1, 4, 99, 1)", "variances are recorded"),
        ("INSERT INTO metrics VALUES (1, 1, 77, 0, 1, 0)", "metrics are recorded"),
        ("UPDATE runs SET initial_weights_digest = NULL WHERE id = 1", "initial_weights"),
        ("UPDATE runs SET batch_order_digest = 'x' WHERE id = 1", "batch_order digest: x is recorded, "),
        ("UPDATE runs SET final_weights_digest = 'x' WHERE id = 1", "final_weights"),
        ("UPDATE runs SET steps = 12 WHERE id = 1", "steps: 12 is recorded, 11 is computed"),
        (
            "UPDATE runs SET status = 'killed', last_step = 9223372036854775807 WHERE id = 1",
            "last_step: 9223372036854775807"
        ),
        ("UPDATE params SET value = 9 WHERE run_id = 1 AND key = 'width'", "params.width: 9 is recorded, "),
        ("UPDATE runs SET seed = 2 WHERE id = 1", nil),
    ])
    func `whatever was changed is found`(_ change: String, _ reason: String?) throws {
        try tamper(change)
        let verdict = try verdicts([1])[0]
        #expect(verdict.result == .differs)
        if let reason { #expect(verdict.reason?.contains(reason) == true, "\(verdict)") }
    }

    /// Changes the store and puts checksums under what there is then, as if it had been recorded so.
    private func retell(_ sql: String, run: Int64) throws {
        let store = try Store(path: place.path, for: .writing)
        try store.connection.execute(sql)
        let sums = try RowChecksums(store)
        try store.connection.prepare(PackageResources.setRowChecksums_sql)
            .run(run, sums.variances(of: run), sums.metrics(of: run))
        try RunSeal(store).seal(run)
    }

    @Test(arguments: [
        ("UPDATE runs SET numerics = numerics + 1", "numerics"),
        ("UPDATE runs SET numerics = NULL", "not executed by Varve"),
        ("UPDATE runs SET configuration = NULL", "no configuration"),
        (
            """
            UPDATE runs SET configuration = '{}',
                configuration_digest = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'
            """, "configuration is not one"
        ),
        ("UPDATE runs SET dataset_id = NULL", "no dataset"), ("UPDATE runs SET seed = NULL", "no seed"),
        ("UPDATE runs SET status = 'running', ended = NULL", "still running"),
    ])
    func `what cannot be executed again is reported with the reason`(_ change: String, _ reason: String) throws {
        try retell(change, run: 1)
        let verdict = try verdicts([1])[0]
        #expect(verdict.result == .notVerifiable)
        #expect(verdict.reason?.contains(reason) == true, "\(verdict)")
    }

    @Test(arguments: [
        ("UPDATE runs SET configuration = replace(configuration, 'momentum', 'impulse')", "configuration no longer"),
        ("UPDATE runs SET configuration = '{}'", "configuration no longer"),
        ("UPDATE runs SET numerics = NULL", "row, params and tensors"),
        ("UPDATE runs SET numerics = numerics + 1 WHERE id = 1", "row, params and tensors"),
        ("UPDATE runs SET dataset_id = NULL", "row, params and tensors"),
        ("UPDATE dataset_splits SET inputs = zeroblob(length(inputs))", "no longer has its digest"),
        ("DELETE FROM dataset_splits WHERE split = 'validation'", "has no validation split"),
        ("UPDATE runs SET variances_checksum = variances_checksum + 1", "variances no longer have"),
        ("UPDATE runs SET variances_checksum = NULL", "checksum of its variances is missing"),
        ("UPDATE runs SET metrics_checksum = NULL", "checksum of its metrics is missing"),
        ("UPDATE runs SET run_checksum = NULL", "checksum of its row, params and tensors is missing"),
        (
            "UPDATE runs SET variances_checksum = NULL, metrics_checksum = NULL, run_checksum = NULL",
            "checksum of its variances is missing"
        ),
        ("UPDATE runs SET unproven = 1", "marked as one without checksums"),
        ("INSERT INTO params VALUES (1, 'more', 1)", "row, params and tensors"),
    ])
    func `what is not as it was stored is damaged`(_ change: String, _ reason: String) throws {
        try tamper("PRAGMA foreign_keys = OFF; " + change)
        let verdict = try verdicts([1])[0]
        #expect(verdict.result == .damaged)
        #expect(verdict.reason?.contains(reason) == true, "\(verdict)")
    }

    @Test(arguments: [
        ("UPDATE blobs SET bytes = zeroblob(length(bytes))", "does not have its digest"),
        ("DELETE FROM blobs", "tensor"),
        ("DELETE FROM tensors WHERE stage = 'initial'", "row, params and tensors"),
        (
            """
            DELETE FROM layer_variances WHERE layer_id IN (SELECT id FROM layers WHERE measure = 'dead_share')
                AND step IN (0, (SELECT last_step FROM runs))
            """, "variances"
        ),
    ])
    func `weights and measures that are gone are found`(_ change: String, _ reason: String) throws {
        let place = try SweepPlace()
        var configuration = TrainingTests.oddConfiguration(.plain)
        configuration.duration = .epochs(2)
        let grid = Grid([configuration], seeds: [0...0])
        _ = try place.execute(grid, weights: [.initial, .final], measures: [.variance, .deadShare])
        try Store(path: place.path, for: .writing).connection.execute("PRAGMA foreign_keys = OFF; " + change)
        let verdict = try Verifier(place.store()).verify(1)
        // Where executing it finds the place, that is what is said.
        #expect([.damaged, .differs].contains(verdict.result), "\(verdict)")
        #expect(verdict.reason?.contains(reason) == true, "\(verdict)")
        var findings: [Finding] = []
        try StoreCheck(path: place.path, isMending: false).execute { findings.append($0) }
        #expect(findings.contains { $0.kind == .damage })
    }

    @Test func `a run that nothing can execute is damaged where its rows are`() throws {
        try retell("UPDATE runs SET configuration = NULL, numerics = NULL WHERE id = 1", run: 1)
        #expect(try verdicts([1])[0].result == .notVerifiable)
        try tamper("DELETE FROM metrics WHERE run_id = 1 AND step = 3")
        #expect(try verdicts([1])[0].result == .damaged)
    }

    @Test func `a run from before checksums is proved by executing it`() throws {
        let bare = "unproven = 1, variances_checksum = NULL, metrics_checksum = NULL, run_checksum = NULL"
        try tamper("UPDATE runs SET \(bare) WHERE id = 1")
        #expect(try verdicts([1])[0].result == .identical)
        try tamper("UPDATE params SET value = CAST(value AS TEXT) WHERE run_id = 1 AND key = 'width'")
        #expect(try verdicts([1])[0].result == .identical, "the same value in other clothes")
    }

    @Test func `a killed run is verified as far as its rows go`() throws {
        try retell(
            """
            UPDATE runs SET status = 'killed', last_step = 5, final_weights_digest = NULL WHERE id = 3;
            DELETE FROM layer_variances WHERE run_id = 3 AND step > 5;
            DELETE FROM metrics WHERE run_id = 3 AND step > 4;
            """,
            run: 3
        )
        #expect(try verdicts([3])[0].result == .identical)
        try tamper("UPDATE layer_variances SET variance = 1 WHERE run_id = 3 AND step = 4")
        #expect(try verdicts([3])[0].result == .differs)
    }

    @Test func `a configuration is read back from what is stored`() throws {
        var configuration = Configuration(.batchnorm)
        configuration.duration = .epochs(3)
        configuration.momentum = 0
        configuration.learningRate = 1e-7
        configuration.recordEvery = 4
        let stored = try JSON(parsing: configuration.json.canonical.text)
        #expect(Configuration(json: stored) == configuration)
        #expect(Configuration(json: stored)?.digest == configuration.digest)
        #expect(Configuration(json: ["architecture": "plain"]) == nil)
        guard case .object(let members) = stored else { return }
        #expect(Configuration(json: .object(members + [.init("dropout", .real(0.5))])) == nil)
    }

    @Test func `units of the last place count floats, across zero too`() {
        func ulps(_ recorded: Double?, _ computed: Double?) -> Int? {
            Verdict.Difference(recorded: recorded, computed: computed).distance.ulps
        }
        #expect(ulps(1, Double(Float(1).nextUp)) == 1)
        #expect(ulps(Double(Float(0).nextDown), Double(Float(0).nextUp)) == 2)
        #expect(ulps(.nan, 1) == nil)
        #expect(ulps(nil, 1) == nil)
        #expect(ulps(1, .infinity) == nil)
    }
}
