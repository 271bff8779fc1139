import TestSupport
import Testing

@testable import Storage

/// Numbers that no clock shows and no counter reaches, as files from elsewhere may hold them.
@Suite struct ImpossibleNumberTests: MergeSuite {
    let folder: TemporaryFolder
    private let source: Store

    init() throws {
        folder = try TemporaryFolder()
        source = try Store(path: folder.file("source.db"), for: .writing)
        try fill(source, salt: 1)
    }

    static let moments: [(change: String, run: Int64?)] = [
        ("UPDATE runs SET started = -9223372036854775807 - 1 WHERE id = 2", 2),
        ("UPDATE runs SET ended = 9223372036854775807 WHERE id = 2", 2),
        ("UPDATE runs SET heartbeat = -62135596800001 WHERE id = 2", 2),
        ("UPDATE runs SET updated = 253402300800000 WHERE id = 2", 2),
        ("UPDATE tags SET updated = 9223372036854775807 WHERE run_id = 3", 3),
        ("INSERT INTO tag_removals VALUES (1, 'x', -9223372036854775807)", 1),
        ("INSERT INTO edits VALUES (1, 9223372036854775807, 'name', NULL, 'a')", 1),
        ("UPDATE datasets SET created = -9223372036854775807", nil),
        ("UPDATE experiments SET updated = 9223372036854775807 WHERE id = 1", nil),
        (
            """
            UPDATE runs SET metrics_checksum = NULL, variances_checksum = NULL, run_checksum = NULL, unproven = 1;
            UPDATE metrics SET timestamp = -9223372036854775807 - 1 WHERE run_id = 2 AND step = 7
            """, 2
        ),
    ]

    @Test(arguments: moments) func `a time that no clock shows is named by check, answered with, and not merged`(
        _ change: String,
        _ run: Int64?
    ) throws {
        try source.connection.execute(change)
        let all = try store("all.db")
        let error = storeError { _ = try all.merge(reading("source.db")) }
        guard case .impossibleMoment(_, let named, _)? = error else {
            Issue.record("\(change): \(String(describing: error))")
            return
        }
        #expect(named == run)
        #expect(error?.code == .invalid)
        #expect(try all.runNumbers(matching: .all).isEmpty)
        #expect(try StoreCheck.findings(in: source.path).contains { $0.message.contains("the years 1 to 9999") })
        // The store itself answers, and a copy of it is as it is.
        for run in 1...3 as ClosedRange<Int64> { try RunSeal(source).seal(run) }
        try source.sealDataset(1)
        let runs = try source.runNumbers(matching: Filter(parsing: "duration > 0 OR started < 5 OR number > 0"))
        #expect(runs == [1, 2, 3])
        for run in runs { #expect(try source.run(number: run) != nil) }
        _ = try store("copy.db").merge(reading("source.db"), isKeepingNumbers: true)
    }

    @Test func `runs beside one with such a time can be taken alone`() throws {
        try source.connection.execute("UPDATE runs SET started = 9223372036854775807 WHERE id = 2")
        let all = try store("all.db")
        _ = try all.merge(reading("source.db"), runs: [1, 3])
        #expect(try all.runNumbers(matching: .all).count == 2)
    }

    @Test(arguments: NumberedTable.allCases)
    func `where the greatest number was given nothing says that the disk is full`(_ table: NumberedTable) throws {
        try source.connection.execute(
            "UPDATE sqlite_sequence SET seq = 9223372036854775807 WHERE name = '\(table.rawValue)'"
        )
        var recorder = try Recorder(source)
        var run = NewRun()
        if table == .experiments { run.experiment = "new" }
        #expect(storeError { _ = try recorder.start(run, layers: []) } == .noNumberLeft(path: source.path, of: table))
        if table == .experiments {
            #expect(
                storeError { try source.createExperiment(named: "b") } == .noNumberLeft(path: source.path, of: table)
            )
        }
    }

    @Test func `a run that was edited at the end of time can be edited`() throws {
        try source.connection.execute(
            """
            INSERT INTO edits VALUES (1, 9223372036854775807, 'name', NULL, 'a'), (1, 253402300799999, 'seed', 1, 2)
            """
        )
        var edit = RunEdit()
        edit.name = "b"
        #expect(try source.edit([1], edit).map(\.field) == ["name"])
    }

    @Test func `a run that has the greatest step goes back to another one`() throws {
        try source.connection.execute(
            "UPDATE metrics SET step = 9223372036854775807 - (step = 1) WHERE run_id = 3 AND step IN (0, 1)"
        )
        var recorder = try Recorder(source)
        let run = try recorder.reopen(uuid: source.run("3").uuid)
        let removed = try recorder.rewind(run, to: Int.max)
        #expect(removed == (0, 1))
        #expect(try source.run("3").steps == .max)
    }
}
