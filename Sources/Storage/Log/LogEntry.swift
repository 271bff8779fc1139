/// What one line of a log says; see ``RunLog``.
enum LogEntry: Equatable {
    /// The variance of a layer at a step; the line may also declare the layer.
    case variance(LoggedLayer, step: Int, Double)
    case layer(LoggedLayer)
    /// The value of a metric at a step; the timestamp is in milliseconds since 1970.
    case metric(String, step: Int, Double, timestamp: Int64?)
    case param(String, SQLValue)
    case tag(String, String)
    case end(RunStatus)
}

/// A layer as a line names it.
struct LoggedLayer: Equatable {
    /// The long name, or where it was declared before either of the two.
    var layer: String
    var name: String?
    var position: Int?
    var measure: String?
    var afterNorm: Bool?

    /// Whether nothing but the name is said.
    var isBare: Bool { name == nil && position == nil && measure == nil && afterNorm == nil }
}

/// Why a line of a log cannot be recorded.
public struct LogError: Error, Equatable, CustomStringConvertible {
    /// What is wrong and what belongs there, as `'step' is -1: give a whole number from 0`.
    public let description: String

    /// Makes an error from its words.
    public init(_ description: String) { self.description = description }
}
