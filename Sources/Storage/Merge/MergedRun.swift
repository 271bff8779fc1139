/// What became of a run of another store that was merged into this one.
public struct MergedRun: Sendable, Equatable {
    /// What was done with it.
    public enum Outcome: String, Sendable, CaseIterable, SQLConvertible {
        /// It is new here.
        case added
        /// It was here, and more of it has come.
        case updated
        /// It was here, and tags, artifacts, edits, or whether it is deleted, were changed later there.
        case labelled
        /// It is here already, and stays as it is.
        case present
        /// It was purged here after it was last changed there, and stays away.
        case purged
        /// A run of its uuid is here, and recorded something else; that one stays as it is.
        case conflict
    }

    /// How a run that is deleted in one of the two stores came out of it.
    public enum Deletion: String, Sendable, CaseIterable, SQLConvertible {
        /// It is deleted here and not there, and stays so.
        case kept
        /// It was deleted there later than it was changed here, and is deleted here now.
        case taken
        /// It was deleted here, and changed later there: it is back.
        case undone
    }

    /// Its number in the other store.
    public let sourceNumber: Int64
    /// Its number here; that which it had, if it was purged.
    public let number: Int64
    public let uuid: String
    public let outcome: Outcome
    /// Of a conflict, in what the two differ first.
    public let difference: String?
    /// Where one of the two stores has deleted it; nil where both have, or neither.
    public let deletion: Deletion?

    public init(
        sourceNumber: Int64,
        number: Int64,
        uuid: String,
        outcome: Outcome,
        difference: String? = nil,
        deletion: Deletion? = nil
    ) {
        self.sourceNumber = sourceNumber
        self.number = number
        self.uuid = uuid
        self.outcome = outcome
        self.difference = difference
        self.deletion = deletion
    }
}

/// A dataset that got another name because its own stood for other content.
public struct RenamedDataset: Sendable, Equatable {
    public let name: String
    public let newName: String

    public init(name: String, newName: String) {
        self.name = name
        self.newName = newName
    }
}
