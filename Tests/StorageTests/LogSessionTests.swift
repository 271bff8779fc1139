import TestSupport
import Testing

@testable import Storage

/// Streams of lines on their way into the store: how they begin, go on and end, and what is lost.
@Suite struct LogSessionTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    /// What a session reported.
    private final class Reports {
        var began: [Int64] = []
        var passedOver: [Int] = []
        var words = ""
        var rewinding: RunLog.Rewinding?

        func note(_ event: LogSession.Event) {
            switch event {
            case .began(let number, _): began.append(number)
            case .passedOver(let line, let error):
                passedOver.append(line)
                words += error.description + "\n"
            case .rewound(let removed): rewinding = removed
            case .afterEnd(let line): words += "after the end: \(line)\n"
            }
        }
    }

    @discardableResult
    private func log(
        given: LoggedRun = LoggedRun(),
        resuming: RunLog.Resumption? = nil,
        _ lines: String...,
        ending: RunStatus? = .killed
    ) throws -> Reports {
        let reports = Reports()
        let session = LogSession(try RunLog(store, given, resuming: resuming)) { reports.note($0) }
        session.take(Array(lines.map { $0 + "\n" }.joined().utf8).span)
        if let ending { session.end(ending) }
        #expect(session.failure == nil)
        #expect(ending == nil || session.unsaved == 0)
        return reports
    }

    // MARK: Beginning

    @Test func `the run begins with the first line that can be recorded`() throws {
        let reports = try log("garbage", #"{"end":"finished"}"#, #"{"step":0,"a\nb":1}"#, #"{"step":0,"loss":1}"#)
        #expect(reports.began == [1])
        #expect(reports.passedOver == [1, 2, 3])
        #expect(try store.run("1").status == .killed)
        #expect(try log("x", #"{"step":0,"layer":"a","variance":-1}"#).began == [])
        #expect(try store.connection.value("SELECT count(*) FROM runs") == 1)
    }

    @Test func `begin says what options say, which count, and comes first`() throws {
        var given = LoggedRun()
        given.name = "by hand"
        given.params = [Entry(key: "lr", value: .real(0.1))]
        let begin = #"""
            {"begin":{"name":"other","experiment":"cifar","architecture":"bn","seed":4,"params":{"lr":0.1,"out":"a"},
            """# + #""tags":{"host":"h"},"ignore":["out"],"environment":{"torch":"2.9"},"started":7,"measure":"mine"}}"#
        let reports = try log(
            given: given,
            begin.replacing("\n", with: ""),
            #"{"step":0,"layer":"a","variance":-1}"#,
            begin
        )
        #expect(reports.passedOver.count == 1)
        let run = try store.run("1")
        #expect(run.name == "by hand")
        #expect((run.experiment, run.architecture, run.seed, run.started) == ("cifar", "bn", 4, 7))
        #expect(run.environment == #"{"torch":"2.9"}"#)
        #expect(try store.params(of: 1).map(\.key) == ["lr", "out"])
        #expect(try store.tags(of: 1).map(\.text) == ["h", #"["out"]"#])
        #expect(try store.layers(ofRun: 1).map(\.place.measure) == ["mine"])
        // Another value of a param is refused.
        #expect(try log(given: given, #"{"begin":{"params":{"lr":0.2}}}"#).words.contains("already has the value 0.1"))
    }

    @Test func `whole steps and flat lines are taken, and all of a line or nothing`() throws {
        let reports = try log(
            #"{"step":-1,"metrics":{"loss":2,"acc":0.5},"variances":{"a":1,"b":NaN},"timestamp":5}"#,
            #"{"step":3,"loss":1,"timestamp":6}"#,
            #"{"step":4,"metrics":{"loss":9,"\n":1}}"#,
            #"{"step":4,"metrics":{"loss":9},"variances":{"a":1,"b":-1}}"#
        )
        #expect(reports.passedOver == [3, 4])
        #expect(
            try store.rows("SELECT key, step, timestamp, value FROM run_metrics ORDER BY step, key") == [
                [.text("acc"), .integer(-1), .integer(5), .real(0.5)],
                [.text("loss"), .integer(-1), .integer(5), .real(2)],
                [.text("loss"), .integer(3), .integer(6), .real(1)],
            ]
        )
        #expect(
            try store.rows("SELECT layer, step, variance FROM variances") == [
                [.text("a"), .integer(-1), .real(1)], [.text("b"), .integer(-1), .null],
            ]
        )
        #expect(try store.run("1").steps == 4)
    }

    @Test(arguments: ["population_mean", "unknown", "second_moment", "gradient_second_moment", "dead_share"])
    func `a variance is never negative, unless its measure is one of somebody's own`(_ measure: String) throws {
        var given = LoggedRun()
        given.measure = measure
        let reports = try log(
            given: given,
            #"{"step":0,"layer":"a","variance":1}"#,
            #"{"step":1,"layer":"a","variance":-1}"#,
            #"{"step":1,"layer":"a","variance":-0.0}"#,
            #"{"step":1,"layer":"cosine","measure":"cosine","variance":-1}"#,
            #"{"step":2,"layer":"a","variance":-Infinity}"#
        )
        #expect(reports.passedOver == [2, 5])
        #expect(reports.words.contains("a variance is never negative"))
        #expect(try store.rows("SELECT count(*) FROM layer_variances") == [[.integer(3)]])
    }

    // MARK: Ending

    @Test func `an end with a reason counts, and nothing after it is recorded`() throws {
        let reports = try log(
            #"{"step":0,"loss":1}"#,
            #"{"end":"failed","reason":"out of memory","timestamp":9}"#,
            #"{"step":1,"loss":1}"#,
            "x"
        )
        #expect(reports.words == "after the end: 3\n")
        let run = try store.run("1")
        #expect((run.status, run.ended, run.lastStep) == (.failed, 9, 0))
        #expect(try store.tags(of: 1) == [Entry(key: "varve.reason", value: .text("out of memory"))])
        #expect(try store.damages() == [])
    }

    // MARK: Going on

    private func killedRun() throws {
        try log(
            #"{"param":"lr","value":1}"#,
            #"{"step":0,"metrics":{"loss":5},"variances":{"a":1,"b":1}}"#,
            #"{"step":1,"metrics":{"loss":4},"variances":{"a":2}}"#,
            #"{"step":2,"metrics":{"loss":3},"variances":{"a":3,"c":1}}"#
        )
    }

    @Test func `a run that goes on loses what it had from its first new step on, and is as sound as any`() throws {
        try killedRun()
        let reports = try log(
            resuming: .init("1"),
            #"{"param":"lr","value":1}"#,
            #"{"step":1,"metrics":{"loss":9},"variances":{"b":7}}"#,
            #"{"step":0,"metrics":{"early":1}}"#,
            ending: .finished
        )
        #expect(reports.began == [1])
        #expect(reports.rewinding == RunLog.Rewinding(step: 1, variances: 3, metrics: 2))
        #expect(
            try store.rows("SELECT layer, step, variance FROM variances ORDER BY 1, 2") == [
                [.text("a"), .integer(0), .real(1)], [.text("b"), .integer(0), .real(1)],
                [.text("b"), .integer(1), .real(7)],
            ]
        )
        let run = try store.run("1")
        #expect((run.status, run.steps, run.lastStep) == (.finished, 2, 1))
        #expect(try store.metricExtremes(of: 1).first { $0.key == "loss" }?.least == 5)
        #expect(try store.damages() == [])
    }

    @Test func `with keep it loses nothing`() throws {
        try killedRun()
        let how = RunLog.Resumption("1", keepsLaterSteps: true)
        #expect(try log(resuming: how, #"{"step":1,"variances":{"a":9}}"#).rewinding == nil)
        #expect(try store.connection.value("SELECT count(*) FROM layer_variances") == 5)
        #expect(try store.run("1").steps == 3)
        #expect(try store.damages() == [])
    }

    @Test func `a run of which nothing new can be recorded stays as it was`() throws {
        try killedRun()
        let before = try store.run("1")
        #expect(try log(resuming: .init("1"), "x").began == [])
        #expect(try store.run("1") == before)
    }

    @Test func `what is finished, deleted, executed by Varve or maybe alive does not go on`() throws {
        func error(_ how: RunLog.Resumption) -> StoreError? {
            #expect(throws: StoreError.self) { try RunLog(store, LoggedRun(), resuming: how) }
        }
        #expect(error(.init("1")) == .noRun(word: "1", path: store.path))
        try killedRun()
        _ = try store.delete([1])
        #expect(error(.init("1")) == .runIsDeleted(number: 1))
        try log(#"{"step":0,"loss":1}"#, ending: .finished)
        #expect(error(.init("2")) == .runIsFinished(number: 2))
        try log(#"{"step":0,"loss":1}"#, ending: nil)
        try store.connection.execute("UPDATE runs SET host = 'elsewhere', heartbeat = NULL WHERE id = 3")
        #expect(error(.init("3")) == .mayBeRecorded(run: 3, heard: nil, host: "elsewhere"))
        #expect(try log(resuming: .init("3", isForced: true), #"{"step":1,"loss":1}"#).began == [3])
        try store.connection.execute("UPDATE runs SET configuration_digest = 'x' WHERE id = 3")
        #expect(error(.init("3")) == .notLogged(run: 3))
        var given = LoggedRun()
        given.params = [Entry(key: "lr", value: .integer(2))]
        _ = try store.restore([1])
        #expect(throws: StoreError.self) { try RunLog(store, given, resuming: .init("1")) }
    }

    // MARK: What is lost

    /// Another writer, who holds the store's lock.
    private func holdLock() throws -> Connection {
        let other = try Connection(path: store.path, mode: .existing)
        try other.execute("BEGIN IMMEDIATE")
        return other
    }

    private func session(_ renew: @escaping () -> Bool = { false }) throws -> LogSession {
        LogSession(try RunLog(store, LoggedRun()), renewPatience: renew) { _ in }
    }

    private func lines(_ steps: Range<Int>) -> [UInt8] {
        steps.flatMap { Array("{\"step\":\($0),\"loss\":1}\n".utf8) }
    }

    @Test func `an interrupted wait is taken up once more, and then nothing is lost`() throws {
        let other = try holdLock()
        store.interruption.request()
        let store = store
        let session = try session {
            try? other.execute("ROLLBACK")
            store.interruption = Interruption()
            return true
        }
        session.take(lines(0..<5000).span)
        session.end(.killed)
        #expect(session.failure == nil)
        #expect((session.recorded, session.unsaved) == (5000, 0))
        #expect(try store.connection.value("SELECT count(*) FROM metrics") == 5000)
    }

    @Test func `what cannot be brought into the store is counted`() throws {
        let other = try holdLock()
        store.interruption.request()
        let early = try session()
        early.take(lines(0..<5000).span)
        early.end(.killed)
        #expect(early.failure != nil)
        #expect((early.run, early.unsaved) == (nil, 5000))

        try other.execute("ROLLBACK")
        store.interruption = Interruption()
        let late = try session()
        late.take(lines(0..<10).span)
        try other.execute("BEGIN IMMEDIATE")
        store.interruption.request()
        late.end(.killed)
        #expect(late.unsaved == 10)
        // Once the other one is done, everything comes.
        try other.execute("ROLLBACK")
        late.end(.killed)
        #expect(late.unsaved == 0)
        #expect(try store.run("1").status == .killed)
        #expect(try store.damages() == [])
    }

    @Test func `a run that others ended ends its session with an error, and its lines are counted`() throws {
        let session = try session()
        session.take(lines(0..<3).span)
        try store.connection.execute("UPDATE runs SET status = 'killed'")
        session.end(.finished)
        #expect(session.failure as? StoreError == .endedByOthers(run: 1))
        #expect(session.unsaved == 3)
        #expect(try store.connection.value("SELECT count(*) FROM metrics") == 0)
    }

    @Test func `rows are due half a second after the last commit, whatever the clock of the day says`() throws {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: [])
        #expect(recorder.patienceLeft > 500)
        try recorder.log(run, step: 0, metric: "loss", 1)
        #expect(recorder.patienceLeft <= 500)
        try recorder.flush()
        #expect(recorder.waiting == 0)
    }
}
