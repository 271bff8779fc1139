import Synchronization

/// A way to end work that others wait for: a question, a sweep, a merge.
///
/// Who may end the work keeps the token and calls ``request()``; what does the work asks it. A statement that runs and
/// whatever waits for another process's lock end within milliseconds. A token is used once: it cannot be taken back.
public final class Interruption: Sendable {
    /// Why work has to end before it is done.
    public enum Reason: Sendable {
        /// Somebody asked for it.
        case request
        /// Its time is over.
        case deadline
    }

    private let flag = Atomic<Bool>(false)
    /// When the work ends by itself; nil for never.
    public let deadline: ContinuousClock.Instant?

    /// Makes a token.
    public init(deadline: ContinuousClock.Instant? = nil) { self.deadline = deadline }

    /// Asks for the end; a signal handler may call it too.
    public func request() { flag.store(true, ordering: .relaxed) }

    /// Why the work has to end; nil while it may go on.
    public var reason: Reason? {
        if flag.load(ordering: .relaxed) { return .request }
        guard let deadline, deadline <= .now else { return nil }
        return .deadline
    }

    /// Whether the work has to end.
    public var isRequested: Bool { reason != nil }

    /// Ends what is being done where it has to end.
    ///
    /// - Throws: ``SQLiteError`` of the kind ``SQLiteError/Kind/interrupted`` or ``SQLiteError/Kind/deadline``, as a
    ///   statement that is ended throws it.
    public func check() throws(SQLiteError) {
        if let reason { throw SQLiteError(reason) }
    }
}
