/// A step as people name it.
public enum RecordedStep: Sendable, Equatable {
    /// The last recorded one.
    case final
    case number(Int64)

    /// Reads `final` or a number; nil for anything else.
    public init?(_ word: String) {
        if word == "final" {
            self = .final
        } else if let number = Int64(word) {
            self = .number(number)
        } else {
            return nil
        }
    }

    /// The number, where it is one.
    public var number: Int64? { if case .number(let number) = self { number } else { nil } }

    /// `step 3` or `each run's last step`, for headings.
    public var ofEachRun: String { number.map { "step \($0)" } ?? "each run's last step" }
}
