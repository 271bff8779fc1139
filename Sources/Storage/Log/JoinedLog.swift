import Synchronization

/// What a program says, line by line, of a run that another process has begun for it and records.
///
/// Lines are read on the thread that takes them, and recorded together whenever the recorder is at hand.
public final class JoinedLog: Sendable {
    /// Lines that were not recorded.
    public struct Refusals: Sendable {
        /// The first of them, each with its number from 1 and why.
        public fileprivate(set) var first: [(line: Int, error: LogError)] = []
        public fileprivate(set) var count = 0
    }

    private struct State {
        var lines: LogLines
        var splitter = LineSplitter()
        var waiting: [(line: Int, entry: LogEntry)] = []
        var refusals = Refusals()
        var reason: String?
    }

    private let params: [Entry]
    private let state: Mutex<State>

    /// Begins without a line.
    ///
    /// - Parameters:
    ///   - run: the run, which has no layers yet.
    ///   - params: those that it was begun with: a program that says another value of one is not heard.
    public init(_ run: OpenRun, params: [Entry]) {
        self.params = params
        state = Mutex(State(lines: LogLines(run, measure: LayerPlace.unknownMeasure)))
    }

    /// Takes the lines that end in a chunk of a stream, which wait for ``record(into:)``.
    public func take(_ chunk: Span<UInt8>) {
        state.withLock { state in
            var splitter = state.splitter
            try? splitter.take(chunk) { number, line in Self.read(line, number, &state) }
            state.splitter = splitter
        }
    }

    /// Takes the last line where it has no end; the stream may begin anew.
    public func takeLast() {
        state.withLock { state in
            var splitter = state.splitter
            try? splitter.finish { number, line in Self.read(line, number, &state) }
            state.splitter = splitter
        }
    }

    private static func read(_ line: Span<UInt8>?, _ number: Int, _ state: inout State) {
        do {
            guard let line else { throw LogError("it is longer than \(LineSplitter.limit) bytes") }
            guard !line.indices.allSatisfy({ [32, 9, 10, 13].contains(line[$0]) }) else { return }
            let entry = try LogEntry(parsing: line)
            try entry.check()
            state.waiting.append((number, entry))
        } catch let error as LogError {
            refuse(number, error, &state)
        } catch {
            refuse(number, LogError("\(error)"), &state)
        }
    }

    private static func refuse(_ number: Int, _ error: LogError, _ state: inout State) {
        state.refusals.count += 1
        if state.refusals.first.count < LogSession.reported { state.refusals.first.append((number, error)) }
    }

    /// Whether lines wait to be recorded.
    public var isWaiting: Bool { state.withLock { !$0.waiting.isEmpty } }

    /// The lines that were not recorded.
    public var refusals: Refusals { state.withLock { $0.refusals } }

    /// Why the program said that its run ends; what it says of the status is for whoever began the run to judge.
    public var reason: String? { state.withLock { $0.reason } }

    /// Records the lines that wait.
    ///
    /// - Throws: ``StoreError`` when the run was deleted or ended by others; ``SQLiteError``.
    public func record(into recorder: inout Recorder) throws {
        try state.withLock { state in
            let waiting = state.waiting
            state.waiting = []
            for (line, entry) in waiting {
                do {
                    switch entry {
                    case .begin(let said): try join(said, line, &state, &recorder)
                    case .end(let end): state.reason = end.reason ?? state.reason
                    default: try state.lines.record(entry, into: &recorder)
                    }
                } catch let error as LogError {
                    Self.refuse(line, error, &state)
                }
            }
        }
    }

    /// Adds what the program says of itself to what the run was begun with, which counts.
    private func join(_ said: LoggedRun, _ line: Int, _ state: inout State, _ recorder: inout Recorder) throws {
        let run = state.lines.open
        for param in said.params {
            if let given = params.first(where: { $0.key.isExactly(param.key) }) {
                if given.value.canonical == param.value.canonical { continue }
                let (key, value) = (LogError.excerpt(param.key), LogError.excerpt(JSON(given.value).text))
                Self.refuse(line, LogError("param '\(key)' was given as \(value)"), &state)
                continue
            }
            do {
                try LogLines.asLine { try recorder.log(run, param: param.key, param.value) }
            } catch let error as LogError {
                Self.refuse(line, error, &state)
            }
        }
        for tag in said.tags { try LogLines.asLine { try recorder.log(run, tag: tag.key, tag.text) } }
        if !said.ignore.isEmpty {
            try recorder.note(run, tag: "varve.ignore", JSON.array(said.ignore.map { .string($0) }).text)
        }
        try recorder.join(run, name: said.name, architecture: said.architecture, environment: said.environment)
    }

    /// Forgets what the lines named, for a program that is started once more in the same run.
    public func restart(_ run: OpenRun) {
        state.withLock { state in
            state.lines = LogLines(run, measure: LayerPlace.unknownMeasure)
            state.splitter = LineSplitter()
            state.waiting = []
            state.reason = nil
        }
    }
}

extension Recorder {
    /// Adds what a program says of itself to a run that was begun for it.
    mutating func join(
        _ run: OpenRun,
        name: String?,
        architecture: String?,
        environment: [JSON.Member]
    ) throws {
        guard name != nil || architecture != nil || !environment.isEmpty else { return }
        try commit { recorder in
            try recorder.checkPresence(of: run.number)
            let key = try environment.isEmpty ? nil : recorder.environment(of: run, adding: environment)
            try recorder.store.connection.prepare(PackageResources.joinRun_sql)
                .run(run.number, name, architecture, key, Moment.now)
        }
    }

    /// The key of a run's environment with more members.
    private borrowing func environment(of run: OpenRun, adding members: [JSON.Member]) throws -> Int64 {
        let find = try store.connection.prepare(PackageResources.findEnvironmentOfRun_sql)
        try find.bind(run.number)
        var all: [JSON.Member] = []
        let text = try find.first(as: { (text: String) in text })
        if let text, case .object(let known)? = try? JSON(parsing: text) { all = known }
        let said = Set(members.map { ExactText($0.key) })
        all.removeAll { said.contains(ExactText($0.key)) }
        return try RunStarter(store).environmentID(CanonicalText(.object(all + members)))
    }
}
