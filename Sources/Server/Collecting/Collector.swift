public import Storage

/// What a store that collects runs answers whoever has some.
public struct KnownContent: Sendable {
    /// What it has of the runs that were asked for.
    public var runs: [ExactText: RunState] = [:]
    /// Those that it has not any more.
    public var purged: [ExactText: PurgedRun] = [:]
    /// Which content it has, of that which was asked for.
    public var digests: Set<ExactText> = []
}

/// A store that takes runs: a server far away, or the one of this process.
public protocol Collector {
    /// Asks what is there already.
    ///
    /// - Parameters:
    ///   - runs: uuids.
    ///   - hasLatest: whether the layers and metrics of the runs are wanted too.
    ///   - digests: of content.
    /// - Returns: what is there.
    /// - Throws: ``CollectorError``, or what the store behind it throws.
    func known(runs: [String], hasLatest: Bool, digests: [String]) throws -> KnownContent

    /// Brings the content of a file, whose digest is known.
    func put(file: String, digest: String, size: Int64) throws

    /// Brings a small store.
    ///
    /// - Returns: what became of its runs.
    func merge(_ store: String) throws -> CollectedRuns
}

/// What became of the runs of a small store.
public struct CollectedRuns: Sendable {
    public var runs: [MergedRun] = []
    /// The datasets that got another name.
    public var renamed: [RenamedDataset] = []
}

/// Why a collector does not take something.
public enum CollectorError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nobody answers, or the answer broke off; what the network says.
    case noAnswer(address: String, reason: String)
    /// The server is busy and says when to come again.
    case busy(address: String, reason: String, seconds: Int)
    /// The server refuses: its status, and why.
    case refused(address: String, status: Int, reason: String)
    /// What answers is no server of Varve's.
    case stranger(address: String, reason: String)
    /// The program that speaks to servers is missing.
    case noClient(reason: String)
    /// An address that is none.
    case badAddress(String)

    public var description: String {
        switch self {
        case .noAnswer(let address, let reason): "no answer from \(address): \(reason)"
        case .busy(let address, let reason, _): "\(address) is busy: \(reason)"
        case .refused(let address, let status, let reason): "\(address) refuses (\(status)): \(reason)"
        case .stranger(let address, let reason): "\(address) is no server that collects runs: \(reason)"
        case .noClient(let reason): "cannot start curl, which speaks to the server: \(reason)"
        case .badAddress(let text): "'\(text)' is no address of a server"
        }
    }

    /// Whether it may be otherwise a little later.
    public var isPassing: Bool {
        switch self {
        case .noAnswer, .busy: true
        case .refused, .stranger, .noClient, .badAddress: false
        }
    }
}
