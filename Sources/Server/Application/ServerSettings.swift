public import Storage

/// The settings of `varve serve`.
public struct ServerSettings: Sendable {
    /// The store.
    public var store: String
    /// The name or the address to listen at.
    public var host = "127.0.0.1"
    /// 0 for any that is free.
    public var port = 8250
    /// Whether changes are refused.
    public var isReadOnly = false
    /// Further names by which browsers may call the server.
    public var allowedHosts: [String] = []
    /// What whoever asks has to know; nil where only this machine can ask.
    public var token: AccessToken?
    /// How large a file may be that is put into a run, in bytes.
    public var maximumUpload: Int64 = 5_000_000_000
    /// Which metrics that come over the network are variances of layers too.
    public var layerPattern = LayerPattern("variance/{layer}")
    /// After how long a run counts as killed whose client is not heard of, in milliseconds; nil leaves what the store says.
    public var staleAfter: Int64?
    /// Takes lines for the log, which may hold any characters.
    public var log: @Sendable (String) -> Void = { _ in }

    /// The program that executes SQL as `varve sql` does; nil where there is none.
    public var command: String?

    /// How many questions are answered at the same time.
    public var readers = 4
    /// How long one question may take.
    public var questionTime = Duration.seconds(30)

    /// How long a question waits for another process that has the store to itself; writing waits for `Store.busyTimeout`.
    var lockTime = Duration.seconds(8)

    /// How long a store that is merged may take, with its waiting for others.
    public var mergeTime = Duration.seconds(120)

    /// How long SQL that a person typed may take.
    public var sqlTime = Duration.seconds(10)
    /// How many connections may be open; others wait.
    var connections = 1024
    var limits = ConnectionLimits()

    /// Serves a store to this machine.
    public init(store: String) { self.store = store }
}
