/// Which runs or experiments a program over the network asks for, and in which order.
///
/// It is what remains of a text when it was read. Tests are joined by AND; of what is not there nothing is true, but
/// ``Test/isNull``.
public struct RemoteSearch: Sendable, Equatable {
    public var clauses: [Clause] = []
    public var order: [Key] = []

    public init() {}

    /// A test of one field.
    public struct Clause: Sendable, Equatable {
        public var field: Field
        public var test: Test

        public init(_ field: Field, _ test: Test) {
            self.field = field
            self.test = test
        }
    }

    /// What is tested or ordered by.
    public enum Field: Sendable, Hashable {
        case metric(ExactText), param(ExactText), tag(ExactText)
        case runID, runName, status, userID, artifactURI, startTime, endTime
        /// Of a data set that a run was given to read.
        case datasetName, datasetDigest, datasetContext
        case experimentName, experimentID, created, updated
        case experimentTag(ExactText)
    }

    /// What is asked of a field.
    public enum Test: Sendable, Equatable {
        case compare(Comparison, SQLValue)
        /// With `%` and `_`.
        case like(String, ignoringCase: Bool)
        case among([SQLValue], isNegated: Bool)
        case isNull, isNotNull
    }

    public enum Comparison: String, Sendable, CaseIterable {
        case equal = "=", unequal = "!=", greater = ">", atLeast = ">=", less = "<", atMost = "<="
    }

    /// A field to order by; what lacks it comes last.
    public struct Key: Sendable, Equatable {
        public var field: Field
        public var isDescending: Bool

        public init(_ field: Field, isDescending: Bool) {
            self.field = field
            self.isDescending = isDescending
        }
    }
}
