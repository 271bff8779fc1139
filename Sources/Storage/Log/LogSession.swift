/// The lines of one log on their way into the store, from chunks of a stream as they come.
///
/// Nothing that was read is lost without being counted: see ``unsaved``.
public final class LogSession {
    /// What the reader of the stream wants to know.
    public enum Event {
        /// The run has begun, or goes on.
        case began(number: Int64, uuid: String)
        /// A run that goes on lost what it had recorded from its first new step on.
        case rewound(RunLog.Rewinding)
        /// A line, counted from 1, was not recorded.
        case passedOver(line: Int, LogError)
        /// Lines from this one on come after the end of the run.
        case afterEnd(line: Int)
    }

    /// How many lines are reported that are passed over; further ones are counted only.
    public static let reported = 20

    private let log: RunLog
    private let report: (Event) -> Void
    private let renewPatience: () -> Bool
    private var splitter = LineSplitter()
    private var isAfterEnd = false
    /// The lines since the last commit.
    private var gathered = 0
    /// The lines that came when nothing could be recorded any more.
    private var missed = 0

    /// How many lines were recorded, and how many passed over.
    public private(set) var recorded = 0
    public private(set) var skipped = 0
    /// Why recording had to end.
    public private(set) var failure: (any Error)?

    /// The number of the run; nil before it begins.
    public var run: Int64? { log.run?.number }
    /// Whether a line has ended the run.
    public var isEnded: Bool { log.isEnded }
    /// Whether nothing more can be recorded.
    public var isOver: Bool { isEnded || failure != nil }
    /// How many lines were taken that could be recorded, but are not in the store.
    public var unsaved: Int { gathered + missed }
    /// In how many milliseconds ``beat()`` is due.
    public var patience: Int64 { log.patience }

    /// Prepares to record a run.
    ///
    /// - Parameters:
    ///   - log: where the lines go.
    ///   - renewPatience: called when an ``Interruption`` ended the wait for another writer; gives the store another token, and
    ///     says whether to try once more.
    ///   - report: takes what happens.
    public init(_ log: RunLog, renewPatience: @escaping () -> Bool = { false }, report: @escaping (Event) -> Void) {
        self.log = log
        self.renewPatience = renewPatience
        self.report = report
    }

    /// Records the lines of a chunk, which need not end with one.
    public func take(_ chunk: Span<UInt8>) {
        attempt { try splitter.take(chunk) { number, line in record(line, number) } }
    }

    /// Records the last line where it has no end.
    public func takeLast() {
        attempt { try splitter.finish { number, line in record(line, number) } }
    }

    /// Commits what is due, and says that the run is alive.
    public func beat() {
        guard !isOver else { return }
        commit { try log.beat() }
    }

    /// Ends the run, unless a line has ended it or it cannot be recorded.
    public func end(_ status: RunStatus) {
        guard !isEnded, run != nil else { return }
        switch failure {
        case nil: break
        // Others may be done by now.
        case let error as SQLiteError where [.locked, .deadline, .interrupted].contains(error.kind): break
        default: return
        }
        commit { try log.end(status) }
        if isEnded { gathered = 0 }
    }

    private func record(_ line: Span<UInt8>?, _ number: Int) {
        if isEnded { return noteEnd(number) }
        do {
            guard let line else { throw LogError("it is longer than \(LineSplitter.limit) bytes") }
            guard !Self.isBlank(line) else { return }
            guard failure == nil else { return missed += 1 }
            let hadBegun = run != nil
            let isGathered = try retrying { try log.take(line) }
            recorded += 1
            if !hadBegun, let run = log.run { report(.began(number: run.number, uuid: run.uuid)) }
            if hadRewinding == false, let rewinding = log.rewinding {
                hadRewinding = true
                report(.rewound(rewinding))
            }
            if isEnded { return gathered = 0 }
            if isGathered { gathered += 1 }
            beat()
        } catch let error as LogError {
            skipped += 1
            if skipped <= Self.reported { report(.passedOver(line: number, error)) }
        } catch {
            missed += 1
            failure = error
        }
    }

    private var hadRewinding = false

    private func noteEnd(_ number: Int) {
        guard !isAfterEnd else { return }
        isAfterEnd = true
        report(.afterEnd(line: number))
    }

    private func commit(_ body: () throws -> Void) {
        attempt { try retrying(body) }
        if failure == nil, log.waiting == 0 { gathered = 0 }
    }

    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch { failure = failure ?? error }
    }

    private func retrying<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as SQLiteError where error.kind == .interrupted {
            guard renewPatience() else { throw error }
            return try body()
        }
    }

    private static func isBlank(_ line: Span<UInt8>) -> Bool {
        line.indices.allSatisfy { [32, 9, 10, 13].contains(line[$0]) }
    }
}
