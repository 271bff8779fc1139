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
    /// A number is a run, and there is none; an architecture has this name.
    case numberNamesRun(word: String, path: String)
    case noFinishedRun(path: String, name: String?)
    case noRunFits(path: String, unknown: UnknownName?)
    case noLayer(word: String, path: String, known: [String])
    /// A layer was asked for by the name of a metric.
    case layerIsMetric(key: String)
    case noVariances(run: Int64)
    /// A group has no values of a metric that was asked for.
    case noMetric(word: String, metric: String, known: [String])
    /// An effect on a metric that is not compared was asked for.
    case notCompared(metric: String, compared: [String])
    /// A run has recorded neither layers nor metrics.
    case nothingOfRun(run: Int64)
    /// No layer of a group was measured as was asked for.
    case noMeasure(word: String, measure: String, known: [String])
    /// All groups were measured in the same several ways.
    case severalMeasures([String])
    /// Runs that are to be paired have no seed in common.
    case noCommonSeed(a: String, b: String)
    /// All runs have the same value of what is to make groups of them, or none.
    case oneValue(of: String, value: SQLValue?)
    /// No run has the value that was to be the baseline.
    case noBaseline(String, of: String, known: [SQLValue])
    /// No layer and no metric was recorded by all groups.
    case nothingInCommon(words: [String])
    /// A run has no layer or metric of a name; those it has.
    case runLacks(run: Int64, name: String, known: [String])
    case unknownMetric(key: String, path: String, known: [String])
    case unknownParam(key: String, path: String, known: [String])
    /// A word is neither a metric nor a layer.
    case noQuantity(word: String, path: String, metrics: [String], layers: [String])
    /// No run of a group has recorded what was asked for.
    case groupLacks(word: String, name: String)
    /// There are more groups than a picture can tell apart; the params of which each run has a value of its own.
    case tooManyGroups(count: Int, most: Int, ownParams: [String])
    /// Runs have more values of what makes the groups of a comparison than anybody reads.
    case tooManyValues(of: String, count: Int, most: Int)
    /// No run has what a list was to be sorted by or to show; what there is of its kind that comes closest.
    case unknownName(UnknownName, closest: String?)
    /// What is put together was measured in several ways.
    case measuresDiffer([String])

    /// Whether nothing of the name asked for was found; otherwise the data do not allow the question.
    public var isMissing: Bool {
        switch self {
        case .mixedGroup, .measuresDiffer, .severalMeasures, .noCommonSeed, .nothingInCommon, .tooManyGroups,
            .tooManyValues:
            false
        case .oneValue(_, let value): value == nil
        default: true
        }
    }
}

extension QuestionError: CustomStringConvertible {
    /// The fact in one line.
    public var description: String {
        switch self {
        case .emptyGroup(let word, let path, let unknown):
            "'\(word)' has no finished run in \(path)"
                + Self.because(unknown?.name.isExactly(word) == true ? nil : unknown)
        case .mixedGroup(let word, let mixture): "'\(word)' holds runs of \(mixture), which are not averaged"
        case .nothingRecorded(let word, nil, _): "'\(word)' has recorded nothing that is compared"
        case .nothingRecorded(let word, let step?, nil):
            "'\(word)' did not record step \(step), and the groups have no common step"
        case .nothingRecorded(let word, let step?, let common?):
            "'\(word)' did not record step \(step); all groups recorded step \(common)"
        case .numberNamesRun(let word, let path):
            "there is no run '\(word)' in \(path), which is what a number means; an architecture has this name"
        case .noArchitecture(let path): "no finished run in \(path) has an architecture"
        case .noFinishedRun(let path, let name):
            "no finished run in \(path) has " + (name.map { "'\($0)'" } ?? "a layer") + " here"
        case .noRunFits(let path, let unknown): "no run in \(path) fits the filter" + Self.because(unknown)
        case .layerIsMetric(let key): "'\(key)' is a metric, and no layer"
        case .noLayer(let word, let path, let known):
            "there is no layer '\(word)' in \(path)" + (known.isEmpty ? "" : "; there are \(listed(known))")
        case .noVariances(let run): "run \(run) has no recorded variances"
        case .noMetric(let word, let metric, let known):
            "'\(word)' has no values of metric '\(metric)' here"
                + (known.isEmpty ? "" : "; it has \(listed(known))")
        case .notCompared(let metric, let compared):
            "metric '\(metric)' is not compared" + (compared.isEmpty ? "" : "; compared are \(listed(compared))")
        case .nothingOfRun(let run): "run \(run) has recorded neither layers nor metrics"
        case .noMeasure(let word, let measure, let known):
            "'\(word)' has no layer measured as '\(measure)' here"
                + (known.isEmpty ? "" : "; it has \(listed(known))")
        case .severalMeasures(let measures): "the groups were measured in several ways (\(listed(measures)))"
        case .noCommonSeed(let a, let b): "'\(a)' and '\(b)' have no seed in common, so there are no pairs"
        case .oneValue(let field, let value?):
            "all runs have \(field) = \(FilterText.literal(value)), so there is only one group"
        case .oneValue(let field, nil): "no run has \(field), so there are no groups"
        case .noBaseline(let value, let field, let known):
            "no run has \(field) = '\(value)'; there are \(listed(known.map(FilterText.literal)))"
        case .runLacks(let run, let name, let known): "run \(run) has no '\(name)'" + Self.having(known)
        case .unknownMetric(let key, let path, let known): "there is no metric '\(key)' in \(path)" + Self.having(known)
        case .unknownParam(let key, let path, let known): "there is no param '\(key)' in \(path)" + Self.having(known)
        case .noQuantity(let word, let path, let metrics, let layers):
            "there is no metric and no layer '\(word)' in \(path)" + Self.having(metrics + layers)
        case .groupLacks(let word, let name): "no finished run of '\(word)' has recorded '\(name)'"
        case .tooManyGroups(let count, let most, _):
            "the runs are of \(count) configurations, and a picture shows at most \(most) groups"
        case .tooManyValues(let field, let count, let most):
            "\(field) has \(count) values here, and at most \(most) groups are compared"
        case .nothingInCommon(let words):
            "\(listed(words.map { "'\($0)'" })) recorded no layer and no metric that all have"
        case .unknownName(let unknown, _): "\(unknown)"
        case .measuresDiffer(let measures):
            "the runs were measured in different ways (\(listed(measures))), which are never put together"
        }
    }

    private static func having(_ known: [String]) -> String {
        known.isEmpty ? "" : known.count == 1 ? "; there is \(known[0])" : "; there are \(listed(known))"
    }

    private static func because(_ unknown: UnknownName?) -> String { unknown.map { " (\($0))" } ?? "" }
}
