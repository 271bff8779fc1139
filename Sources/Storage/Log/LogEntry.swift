/// What one line of a log says; see ``RunLog``.
enum LogEntry: Equatable {
    /// What is known of the run before its first step.
    case begin(LoggedRun)
    /// All that was measured at a step.
    case step(LoggedStep)
    /// The variance of a layer at a step; the line may also declare the layer.
    case variance(LoggedLayer, step: Int, Double)
    case layer(LoggedLayer)
    /// The value of a metric at a step; the timestamp is in milliseconds since 1970.
    case metric(String, step: Int, Double, timestamp: Int64?)
    case param(String, SQLValue)
    case tag(String, String)
    case artifact(LoggedArtifact)
    case end(LoggedEnd)

    /// Whether it has values at a step, which are gathered before they are committed.
    var isMeasured: Bool {
        switch self {
        case .step, .variance, .metric: true
        case .begin, .layer, .param, .tag, .artifact, .end: false
        }
    }
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

/// The values of a step, each under the name of its metric or layer.
struct LoggedStep: Equatable {
    var step: Int
    var metrics: [LoggedValue] = []
    var variances: [LoggedValue] = []
    /// Of the metrics; milliseconds since 1970.
    var timestamp: Int64?
}

/// A value under a name.
struct LoggedValue: Equatable {
    var name: String
    var value: Double
}

/// A file that is to belong to the run.
struct LoggedArtifact: Equatable {
    var file: String
    /// Where it is to be in the run.
    var path: ArtifactPath
}

/// How a program says that its run ends.
struct LoggedEnd: Equatable {
    var status: RunStatus
    var reason: String?
    /// Milliseconds since 1970.
    var ended: Int64?
}

/// Why a line of a log cannot be recorded.
public struct LogError: Error, Equatable, CustomStringConvertible {
    /// What is wrong and what belongs there, as `'step' is 0.5: give a whole number`.
    public let description: String

    /// Makes an error from its words.
    public init(_ description: String) { self.description = description }

    /// A part of a line, at most 40 characters long.
    static func excerpt(_ text: String) -> String { text.count > 40 ? text.prefix(37) + "..." : text }
}
