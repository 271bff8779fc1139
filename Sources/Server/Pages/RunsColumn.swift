import Questions
import Storage

/// A column of the list: a field, and how it is written.
struct RunsColumn {
    let field: RunField
    /// The field as filters have it.
    let word: String
    /// What stands over it, and what kind of thing that is.
    let title: String
    let kind: String?

    init(_ field: RunField, title: String? = nil) {
        self.field = field
        word = field.text
        switch field {
        case .attribute(.number): (self.title, kind) = (title ?? "run", nil)
        case .attribute(let attribute):
            (self.title, kind) = (attribute.rawValue.split(separator: "_").joined(separator: " "), nil)
        case .param(let key): (self.title, kind) = (key, "param")
        case .tag(let key): (self.title, kind) = (key, "tag")
        case .metric(let key, .last): (self.title, kind) = (key, nil)
        case .metric(let key, let value): (self.title, kind) = (key, value.rawValue)
        case .layer(let name, let measure): (self.title, kind) = (name, measure.rawValue)
        }
    }

    /// Whether its values are numbers, whatever a run says.
    var isNumeric: Bool {
        switch field {
        case .metric, .layer: true
        case .attribute(let attribute):
            [.number, .seed, .steps, .lastStep, .duration].contains(attribute)
        case .param, .tag: false
        }
    }

    /// Whether people look for the greatest value first.
    var isBetterGreater: Bool {
        switch field {
        case .attribute(.number), .attribute(.started), .attribute(.ended): return true
        case .metric(_, .greatest): return true
        case .metric(let key, _):
            let name = key.lowercased()
            return ["acc", "score", "f1", "auc", "reward", "precision", "recall", "bleu", "map"].contains {
                name.contains($0)
            }
        default: return false
        }
    }
}
