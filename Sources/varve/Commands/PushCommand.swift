import ArgumentParser
import Glibc
import Questions
import Server
import Storage

/// Sends runs to a server that collects them.
struct PushCommand: ParsableCommand {
    static let configuration = CommandConfiguration("push", PackageResources.push_txt)

    @Argument(help: .value("store… url", "The stores to push, and the server."), completion: .file())
    var words: [String]

    @Option(help: .value("file", "The file with the server's token. (default: $VARVE_TOKEN_FILE)"), completion: .file())
    var tokenFile: String?

    @Flag(help: "Go on until the runs have ended.")
    var follow = false

    @Option(help: .value("seconds", "How long the server may be silent before it is asked again."))
    var timeout = 150

    @Flag(help: "A row for each run in tables too.")
    var verbose = false

    @OptionGroup var common: CommonOptions

    /// How long it waits before it looks again, and at most where the server is away, in seconds.
    private static let (pause, longestPause) = (5, 60)

    func run() throws {
        guard let address = words.last, address.contains("://") else {
            throw UsageError("the last word is the address of the server, as http://127.0.0.1:8250")
        }
        guard (1...86_400).contains(timeout) else { throw UsageError("--timeout \(timeout): give seconds, from 1") }
        let paths = words.count > 1 ? Array(words.dropLast()) : [common.storePath]
        Signals.catchInterruptions()
        let stores = try paths.map { path in
            do { return try OpenStores.open(path, for: .reading) } catch { throw Hints.ofSource(error) }
        }
        let variable = getenv("VARVE_TOKEN_FILE").map { String(cString: $0) } ?? ""
        let place = (getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") + "/varve"
        TemporaryFile.removeAbandoned(beside: place)
        let client = try CurlClient(
            address,
            tokenFile: tokenFile ?? (variable.isEmpty ? nil : variable),
            place: place,
            silence: timeout,
            interruption: Signals.interruption
        )
        // Whether anybody is there is found out soon; what broke off later is tried for longer.
        if !follow { _ = try client.collector(attempts: 2).known(runs: [], hasLatest: false, digests: []) }
        let collector = client.collector(attempts: 7)
        let output = common.output()
        let listsRuns = verbose || !output.isForPeople
        let columns: [Column] = [
            "store", Column("source_run", title: "source run"), "run", Column("uuid", as: .digest), "result",
        ]
        try output.list(listsRuns ? columns.titles : [], showsEmpty: false) { rows in
            if follow { rows.beFeed() }
            let report = PushReport()
            for (path, store) in zip(paths, stores) {
                let pusher = Pusher(store, to: collector, in: place) { event in
                    try report.take(event, path: path, address: address)
                }
                report.add(PushedStore(path: path, store: store, pusher: pusher))
            }
            try push(report, output, follow ? (Self.pause, Self.longestPause) : nil) { run, path in
                if listsRuns { try rows.append(run.record(from: path), columns) }
            } summary: { line in
                if listsRuns { common.notice(line) } else { try output.line(line) }
                if follow { try output.finish() }
            }
            if report.hasTrouble { throw ExitCode(CommandError.Status.badData.rawValue) }
        }
    }

    /// Pushes once, or again and again.
    private func push(
        _ report: PushReport,
        _ output: Output,
        _ pauses: (usual: Int, longest: Int)?,
        row: (MergedRun, String) throws -> Void,
        summary: (String) throws -> Void
    ) throws {
        var pause = pauses?.usual ?? 0
        var wasQuiet = false
        while true {
            // Asked before anything is sent: what comes afterwards is sent the next time.
            var isOpen = false
            do {
                for pushed in report.stores {
                    pushed.markDeadRuns()
                    isOpen = try pushed.store.isRecording() || isOpen
                    try report.push(pushed, row: row, summary: summary, showsNothing: pauses == nil)
                }
                pause = pauses?.usual ?? 0
            } catch let error as CollectorError where pauses != nil && error.isPassing {
                common.notice("\(error): asked again in \(pause) s")
                isOpen = true
                try wait(pause)
                pause = min(2 * pause, pauses?.longest ?? 0)
                continue
            }
            guard pauses != nil else { return }
            // Between two runs of a sweep there is a moment without one.
            if !isOpen, wasQuiet { return }
            wasQuiet = !isOpen
            try wait(isOpen ? pause : 1)
        }
    }

    private func wait(_ seconds: Int) throws {
        for _ in 0..<seconds * 20 {
            try Signals.interruption.check()
            usleep(50_000)
        }
    }
}

/// A store that is pushed.
private struct PushedStore {
    let path: String
    let store: Store
    let pusher: Pusher

    /// Has runs whose process has died be killed, where the store can be written: the server cannot see that.
    func markDeadRuns() {
        guard (try? store.hasDeadRuns()) == true, access(path, W_OK) == 0 else { return }
        _ = try? OpenStores.open(path, for: .migrating)
    }
}

/// What became of the runs of all stores.
private final class PushReport {
    private(set) var stores: [PushedStore] = []
    private(set) var hasTrouble = false
    private var tally = MergeTally()
    private var row: (MergedRun, String) throws -> Void = { _, _ in }

    func add(_ store: PushedStore) { stores.append(store) }

    /// Pushes a store, and says what became of its runs.
    func push(
        _ pushed: PushedStore,
        row: (MergedRun, String) throws -> Void,
        summary: (String) throws -> Void,
        showsNothing: Bool
    ) throws {
        tally = MergeTally()
        let result = withoutActuallyEscaping(row) { row in
            self.row = row
            defer { self.row = { _, _ in } }
            return Result { try pushed.pusher.push() }
        }
        // What was sent before something failed is said all the same.
        if tally.hasNews || showsNothing, (try? result.get()) != nil || tally.hasNews {
            try summary("\(escaped(pushed.path)): \(tally)")
        }
        try result.get()
    }

    func take(_ event: Pusher.Event, path: String, address: String) throws {
        switch event {
        case .run(let run):
            tally.add(run)
            if let difference = run.difference {
                hasTrouble = true
                complain(
                    """
                    run \(run.sourceNumber) of \(path) and run \(run.number) of the server have the uuid \(run.uuid) but \
                    differ in \(difference): run \(run.number) stays as it is
                    """
                )
            }
            try row(run, path)
        case .renamed(let dataset):
            complain(
                "dataset '\(dataset.name)' of \(path) is '\(dataset.newName)' there: its name is that of other content"
            )
        case .trouble(let run, let error):
            hasTrouble = true
            complain("run \(run) of \(path) was not sent: \(Hints.line(for: error))")
        }
    }
}
