import ArgumentParser

/// The step that is compared: a number, or `final`, the last one that each run recorded.
struct ComparedStep: ExpressibleByArgument {
    /// Nil for the last step of each run.
    let number: Int64?

    static let final = ComparedStep(number: nil)

    private init(number: Int64?) { self.number = number }

    init?(argument: String) {
        if argument == "final" {
            self = .final
        } else if let number = Int64(argument), number >= 0 {
            self.init(number: number)
        } else {
            return nil
        }
    }
}
