import TestSupport
import Testing

@testable import Storage

@Suite struct KnownRunsTests {
    private let folder: TemporaryFolder
    private let store: Store
    private let run: NewRun
    private let wanted: WantedRun

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
        var run = NewRun()
        run.seed = 3
        run.configuration = ["width": .integer(100)]
        wanted = WantedRun(configurationDigest: run.configurationDigest ?? "", seed: 3, dataset: nil)
        self.run = run
    }

    @Test func `a finished run is known, and the newest of several`() throws {
        var recorder = try Recorder(store)
        let known = try KnownRuns(store)
        #expect(try known.find(wanted) == nil)
        for status in [RunStatus.finished, .finished, .failed, .killed] {
            let open = try recorder.start(run, layers: [])
            try recorder.finish(open, RunEnding(status))
        }
        #expect(try known.find(wanted) == .finished(2))
        for other in [(4, nil), (3, 1), (nil, nil)] as [(Int64?, Int64?)] {
            let digest = wanted.configurationDigest
            #expect(try known.find(WantedRun(configurationDigest: digest, seed: other.0, dataset: other.1)) == nil)
        }
        var withWeights = wanted
        withWeights.finalWeights = true
        #expect(try known.find(withWeights) == nil)
    }

    @Test func `a running run is known while its process lives, and a finished one before it`() throws {
        var recorder = try Recorder(store)
        let known = try KnownRuns(store)
        let dead = try recorder.start(run, layers: [])
        #expect(try known.find(wanted) == .running(dead.number))
        try store.connection.execute("UPDATE runs SET process_started = 1")
        #expect(try known.find(wanted) == nil)
        let alive = try recorder.start(run, layers: [])
        #expect(try known.find(wanted) == .running(alive.number))
        let finished = try recorder.start(run, layers: [])
        try recorder.finish(finished, RunEnding(.finished))
        #expect(try known.find(wanted) == .finished(finished.number))
    }

    @Test func `a run that may be executed elsewhere is none only by force, and then ends as killed`() throws {
        var recorder = try Recorder(store)
        let open = try recorder.start(run, layers: [])
        try store.connection.execute("UPDATE runs SET host = 'another machine'")
        #expect(try KnownRuns(store).find(wanted) == .unknown(open.number))
        #expect(try KnownRuns(store).settle(wanted))
        #expect(try store.run(number: open.number)?.status == .running)

        let known = try KnownRuns(store, isForced: true)
        #expect(try known.find(wanted) == nil)
        #expect(try !known.settle(wanted))
        #expect(try store.run(number: open.number)?.status == .killed)
        // Whoever executed it after all learns it.
        #expect(throws: StoreError.endedByOthers(run: open.number)) { try recorder.finish(open, RunEnding(.finished)) }
    }

    @Test func `force takes no run whose process lives`() throws {
        var recorder = try Recorder(store)
        let open = try recorder.start(run, layers: [])
        #expect(try KnownRuns(store, isForced: true).find(wanted) == .running(open.number))
        #expect(try KnownRuns(store, isForced: true).settle(wanted))
        #expect(try store.run(number: open.number)?.status == .running)
        // One that a client records over the network has no process, and may go on too.
        try store.connection.execute("UPDATE runs SET host = NULL")
        #expect(try KnownRuns(store).find(wanted) == .running(open.number))
    }
}
