import NIOCore

/// What a connection may take, in bytes and in time.
struct ConnectionLimits: Sendable {
    /// All fields of a header together.
    var headerBytes = 16 * 1024
    var headerFields = 100
    /// From the first byte of a request to the end of its header; for a new connection, from its beginning.
    var headerTime = Duration.seconds(10)
    /// How long a body may take that comes slower than ``bodyRate``.
    var bodyTime = Duration.seconds(30)
    /// In bytes a second.
    var bodyRate = 16 * 1024
    /// How long a client may take nothing of its answer.
    var stalledTime = Duration.seconds(30)
    /// How long a client that sends nothing more is still waited for that has not begun to get its answer: most of them are
    /// gone, and few only said that this was all.
    var goneTime = Duration.seconds(1)
    /// How long a connection may have nothing to do.
    var idleTime = Duration.seconds(75)
    /// How often a connection is looked at.
    var tick = Duration.milliseconds(500)
}

/// What a connection is doing, since when, and whether that takes too long.
///
/// It belongs to the connection's event loop.
final class ConnectionClock {
    enum State {
        case idle, header, body
        case answering
    }

    private let limits: ConnectionLimits
    private var since = ContinuousClock.now
    /// When the client last took something of its answer.
    private var moved = ContinuousClock.now
    private var bodyBytes = 0
    /// A new connection is to say what it wants.
    private(set) var state = State.header

    init(_ limits: ConnectionLimits) { self.limits = limits }

    var tick: TimeAmount { TimeAmount(limits.tick) }
    var goneTime: TimeAmount { TimeAmount(limits.goneTime) }

    func enter(_ state: State) {
        self.state = state
        since = .now
        moved = since
        bodyBytes = 0
    }

    func noteBody(_ bytes: Int) { bodyBytes += bytes }

    /// Whether the client has used up its time.
    func isOver(isWritable: Bool) -> Bool {
        let now = ContinuousClock.now
        let spent = now - since
        switch state {
        case .idle: return spent > limits.idleTime
        case .header: return spent > limits.headerTime
        case .body: return spent > limits.bodyTime && bodyBytes < limits.bodyRate * Int(spent.components.seconds)
        case .answering:
            if isWritable { moved = now }
            return now - moved > limits.stalledTime
        }
    }
}
