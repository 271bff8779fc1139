/// Something in a store that is not as it should be, in one line.
public struct Finding: Sendable, Equatable {
    /// How bad it is.
    public enum Kind: String, Sendable {
        /// Something recorded is lost or wrong.
        case damage
        /// Nothing is lost, but something was left over, as by a process that was killed.
        case untidy
        /// Nothing is known to be wrong, and nothing proves that it is right.
        case unproven
        /// Not Varve's: a table, view or index of a person's own, which is left alone.
        case foreign
    }

    /// What was looked at when it was found.
    public enum Topic: String, Sendable {
        /// Pages, indexes, types and rules of the file; `PRAGMA integrity_check`.
        case structure
        /// Tables, indexes and views as the migrations make them.
        case schema
        /// Rows that point at rows of other tables.
        case references
        /// Contents against the digests they are stored under.
        case digests
        /// What a run's row says against what there is of it.
        case runs
    }

    /// What would put it right, or prove that nothing is wrong; the caller knows how that is asked for.
    public enum Remedy: Sendable {
        /// Executing the runs again.
        case verification
        /// Another purge.
        case purge
    }

    public let kind: Kind
    public let topic: Topic
    /// The number of the run that is concerned.
    public let run: Int64?
    /// What is wrong, without the run.
    public let message: String
    public let remedy: Remedy?
    /// Whether it has been put right.
    public internal(set) var isMended = false

    /// Makes a finding.
    public init(_ kind: Kind, _ topic: Topic, run: Int64? = nil, _ message: String, remedy: Remedy? = nil) {
        self.kind = kind
        self.topic = topic
        self.run = run
        self.message = message
        self.remedy = remedy
    }
}
