public import Storage

/// Why a question has no answer: a fact with its values, as `StoreError` is one of a store.
public enum QuestionError: Error, Equatable, Sendable {
    /// A group holds no finished run.
    case emptyGroup(word: String, path: String, unknown: UnknownName?)
    /// A group holds runs that are not averaged.
    case mixedGroup(word: String, Mixture)
    /// A group has recorded nothing that was asked for; the step that was asked for, and one that all groups have.
    case nothingRecorded(word: String, step: Int64?, common: Int64?)
    case noArchitecture(path: String)
    case noFinishedRun(path: String, layer: String?)
    case noRunFits(path: String, unknown: UnknownName?)
    case noLayer(word: String, path: String, known: [String])
    case noVariances(run: Int64)
    /// What is put together was measured in several ways.
    case measuresDiffer(layer: String?, measures: [String])

    /// Whether nothing of the name asked for was found; otherwise the data do not allow the question.
    public var isMissing: Bool {
        switch self {
        case .mixedGroup, .measuresDiffer: false
        default: true
        }
    }
}

extension QuestionError: CustomStringConvertible {
    /// The fact in one line.
    public var description: String {
        switch self {
        case .emptyGroup(let word, let path, let unknown):
            "'\(word)' has no finished run in \(path)" + Self.because(unknown)
        case .mixedGroup(let word, let mixture): "'\(word)' holds runs of \(mixture), which are not averaged"
        case .nothingRecorded(let word, nil, _): "'\(word)' has no recorded variances"
        case .nothingRecorded(let word, let step?, nil):
            "'\(word)' did not record step \(step), and the groups have no common step"
        case .nothingRecorded(let word, let step?, let common?):
            "'\(word)' did not record step \(step); all groups recorded step \(common)"
        case .noArchitecture(let path): "no finished run in \(path) has an architecture"
        case .noFinishedRun(let path, let layer):
            "no finished run in \(path) has " + (layer.map { "layer '\($0)'" } ?? "a layer") + " here"
        case .noRunFits(let path, let unknown): "no run in \(path) fits the filter" + Self.because(unknown)
        case .noLayer(let word, let path, let known):
            "there is no layer '\(word)' in \(path)" + (known.isEmpty ? "" : "; there are \(listed(known))")
        case .noVariances(let run): "run \(run) has no recorded variances"
        case .measuresDiffer(let layer, let measures):
            (layer.map { "layer '\($0)' was" } ?? "the runs were")
                + " measured in different ways (\(listed(measures))), which are never put together"
        }
    }

    private static func because(_ unknown: UnknownName?) -> String { unknown.map { " (\($0))" } ?? "" }
}
