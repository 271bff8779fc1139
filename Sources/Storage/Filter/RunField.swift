/// A value of a run that filters, orders and columns name: `seed`, `params.width`, `variance.residual5`.
public enum RunField: Sendable, Equatable {
    case attribute(Attribute)
    /// A param, by its key.
    case param(String)
    /// The last value of a metric, by its key.
    case metric(String)
    /// The variance at the run's last recorded step, by the layer's short or long name.
    case variance(String)
    /// A tag, by its key.
    case tag(String)

    /// What every run has, by the word that names it.
    public enum Attribute: String, Sendable, CaseIterable {
        case number, uuid, experiment, name, architecture, dataset, seed, status, steps
        case lastStep = "last_step"
        case started, ended
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
        case .metric, .variance: .number
        case .attribute(let attribute):
            switch attribute {
            case .number, .seed, .steps, .lastStep: .number
            case .started, .ended: .moment
            case .uuid: .identifier
            case .experiment, .name, .architecture, .dataset, .status: .value
            }
        }
    }

    /// The field of a name, or nil where there is none.
    ///
    /// - Parameters:
    ///   - prefix: what stands before the dot, in any case; nil for a bare attribute.
    ///   - key: what stands behind it.
    init?(prefix: String?, key: String) {
        switch prefix?.lowercased() {
        case nil, "attributes", "attribute", "attr", "run":
            guard let attribute = Attribute(word: key.lowercased()) else { return nil }
            self = .attribute(attribute)
        case "params", "param", "parameters", "parameter": self = .param(key)
        case "metrics", "metric": self = .metric(key)
        case "variance", "variances": self = .variance(key)
        case "tags", "tag": self = .tag(key)
        default: return nil
        }
    }

    /// What may be written for a field, for errors and help.
    static let forms =
        Attribute.allCases.map(\.rawValue).joined(separator: ", ")
        + ", params.KEY, metrics.KEY, variance.LAYER or tags.KEY"
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
