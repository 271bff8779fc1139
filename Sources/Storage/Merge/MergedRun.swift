/// What became of a run of another store that was merged into this one.
public struct MergedRun: Sendable, Equatable {
    /// What was done with it.
    public enum Outcome: String, Sendable, SQLConvertible {
        /// It is new here.
        case added
        /// It had been merged while it ran, and its end has come now.
        case replaced
        /// It is here already, and stays as it is.
        case present
        /// It had been merged while it ran, and goes on running.
        case running
    }

    /// Its number in the other store.
    public let sourceNumber: Int64
    /// Its number here.
    public let number: Int64
    public let uuid: String
    public let outcome: Outcome
}

/// A dataset that got another name because its own stood for other content.
public struct RenamedDataset: Sendable, Equatable {
    public let name: String
    public let newName: String
}
