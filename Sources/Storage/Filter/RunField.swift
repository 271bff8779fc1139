/// A value of a run that filters, orders and columns name: `seed`, `params.width`, `max(metrics.loss)`, `variance.residual5`.
public enum RunField: Sendable {
    case attribute(Attribute)
    /// A param, by its key.
    case param(String)
    /// A value of a metric, by its key.
    case metric(String, MetricValue = .last)
    /// What was measured at a layer, by its short or long name, at the last step the run recorded of it.
    case layer(String, LayerMeasure = .variance)
    /// A tag, by its key.
    case tag(String)

    /// Which of the values of a metric is meant.
    public enum MetricValue: String, Sendable {
        case last
        /// The greatest value that is not NaN, infinities included.
        case greatest = "max"
        /// The least one, likewise.
        case least = "min"
        /// The first step that has the greatest value.
        case greatestStep = "max_step"
        /// The first step that has the least value.
        case leastStep = "min_step"
    }

    /// What was measured at a layer, by the word that commands and filters have for it.
    public enum LayerMeasure: String, Sendable, CaseIterable {
        /// Whatever is a variance: all that a run recorded but the other three.
        case variance
        case secondMoment = "second_moment"
        case gradient, dead

        /// The words in `layers.measure`; of ``variance`` nil, as those are all others.
        public var stored: String? {
            switch self {
            case .variance: nil
            case .secondMoment: "second_moment"
            case .gradient: "gradient_second_moment"
            case .dead: "dead_share"
            }
        }

        /// Whether numbers of a measure in the store are meant.
        public func includes(_ measure: String) -> Bool {
            stored.map(measure.isExactly) ?? !Self.allCases.compactMap(\.stored).holds(measure)
        }
    }

    /// What every run has, by the word that names it.
    public enum Attribute: String, Sendable, CaseIterable {
        case number, uuid, experiment, name, architecture, dataset, seed, status, steps
        case lastStep = "last_step"
        case started, ended
        /// Milliseconds from start to end; none of a run that has not ended.
        case duration
    }

    /// What the values of a field are, which decides what they may be compared with.
    enum Kind {
        /// Whatever was given, text that is a number included.
        case value
        case number
        /// A number of milliseconds that is also given as a date.
        case moment
        /// Text that is never a number, though its digits may look like one.
        case identifier
    }

    var kind: Kind {
        switch self {
        case .param, .tag: .value
        case .metric, .layer: .number
        case .attribute(let attribute):
            switch attribute {
            case .number, .seed, .steps, .lastStep, .duration: .number
            case .started, .ended: .moment
            case .uuid: .identifier
            case .experiment, .name, .architecture, .dataset, .status: .value
            }
        }
    }

    /// The field of a name, or nil where there is none.
    ///
    /// - Parameters:
    ///   - prefix: what is before the dot, in any case; nil for a bare attribute.
    ///   - key: what follows it.
    init?(prefix: String?, key: String) {
        switch prefix?.lowercased() {
        case nil, "attributes", "attribute", "attr", "run":
            guard let attribute = Attribute(word: key.lowercased()) else { return nil }
            self = .attribute(attribute)
        case "params", "param", "parameters", "parameter": self = .param(key)
        case "metrics", "metric": self = .metric(key)
        case "tags", "tag": self = .tag(key)
        case let word?:
            // `dead` is one word, `second_moment` is also written with a hyphen.
            let measure = word == "variances" ? "variance" : word.split(separator: "-").joined(separator: "_")
            guard let measure = LayerMeasure(rawValue: measure) else { return nil }
            self = .layer(key, measure)
        }
    }

    /// Whether its values may be NaN.
    var isMeasured: Bool {
        switch self {
        case .metric, .layer: true
        case .attribute, .param, .tag: false
        }
    }

    /// What may be written for a field, for errors and help.
    static let forms =
        Attribute.allCases.map(\.rawValue).joined(separator: ", ")
        + ", params.KEY, metrics.KEY, max(metrics.KEY), min(metrics.KEY), max_step(metrics.KEY), min_step(metrics.KEY), "
        + "variance.LAYER, second_moment.LAYER, gradient.LAYER, dead.LAYER or tags.KEY"
}

extension RunField.Attribute {
    /// The attribute of a word: its own, JSON's `run`, or the one that MLflow has for it.
    fileprivate init?(word: String) {
        switch word {
        case "run": self = .number
        case "run_id": self = .uuid
        case "run_name": self = .name
        case "start_time": self = .started
        case "end_time": self = .ended
        default: self.init(rawValue: word)
        }
    }
}

extension RunField: Equatable {
    /// Names are equal byte by byte.
    public static func == (first: RunField, second: RunField) -> Bool {
        switch (first, second) {
        case (.attribute(let first), .attribute(let second)): first == second
        case (.param(let first), .param(let second)), (.tag(let first), .tag(let second)): first.isExactly(second)
        case (.metric(let first, let one), .metric(let second, let other)): first.isExactly(second) && one == other
        case (.layer(let first, let one), .layer(let second, let other)): first.isExactly(second) && one == other
        default: false
        }
    }
}
