import HTTPTypes
import Questions
import Storage

/// What may stand behind the question mark: named as the option of the command line that means the same.
struct Parameter: Sendable {
    let name: String
    let summary: String
    /// What its value is, as JSON Schema says it.
    let schema: JSON
    /// Whether it may come several times.
    var isList = false
}

// The parameters themselves, each with what reads it.

extension Parameter {
    static let filter = Parameter(name: "filter", summary: "Which runs, as FILTER.", schema: ["type": "string"])
    static let sort = Parameter(
        name: "sort",
        summary: "What to sort by, as seed or -metrics.loss (greatest first); several with commas.",
        schema: ["type": "string"]
    )
    static let limit = Parameter(
        name: "limit",
        summary: "At most so many.",
        schema: ["type": "integer", "minimum": .integer(0)]
    )
    static let after = Parameter(
        name: "after",
        summary: "The run after which the list continues, as the Link of the page before has it.",
        schema: ["type": "integer"]
    )
    static let deleted = flag("deleted", "The runs that were deleted instead.")
    static let withVariances = flag("with_variances", "Give the variances of each run's last recorded step too.")
    static let withMeasures = flag("with_measures", "Give all that was measured at the layers too.")

    private static func flag(_ name: String, _ summary: String) -> Parameter {
        Parameter(name: name, summary: summary, schema: ["type": "boolean"])
    }
}

extension Call {
    /// All runs where none is given.
    var filter: Filter { get throws { try read(.filter) { try Filter(parsing: $0) } ?? .all } }
    /// Newest first where none is given.
    var order: [RunOrder] { get throws { try read(.sort, RunOrder.list(parsing:)) ?? [] } }
    var limit: Int? { get throws { try read(.limit) { try number($0, of: .limit, in: 0...Int.max) } } }
    var after: Int64? {
        get throws { try read(.after) { Int64(try number($0, of: .after, in: 0...Int.max)) } }
    }
    var lifecycle: Lifecycle { get throws { try flag(.deleted) ? .deleted : .active } }
    var layers: RunAnswer.Layers {
        get throws { try flag(.withMeasures) ? .measures : try flag(.withVariances) ? .variances : .none }
    }

    /// Whether a flag is raised: `deleted`, `deleted=true`, `deleted=1`.
    func flag(_ parameter: Parameter) throws -> Bool {
        try read(parameter) { text in
            switch text {
            case "", "true", "1": true
            case "false", "0": false
            default: throw Problem(.badRequest, "\(parameter.name) is true or false", parameter: parameter.name)
            }
        } ?? false
    }

    /// Reads the value of a parameter; nil where there is none.
    ///
    /// - Throws: ``Problem`` that names the parameter.
    func read<Value>(_ parameter: Parameter, _ parse: (String) throws -> Value) throws -> Value? {
        let values = path.query.filter { $0.name == parameter.name }
        guard values.count <= 1 else {
            throw Problem(.badRequest, "\(parameter.name) is given \(values.count) times", parameter: parameter.name)
        }
        guard let text = values.first?.value else { return nil }
        do {
            return try parse(text)
        } catch let error as FilterError {
            throw Problem(error, of: parameter.name)
        }
    }

    /// Reads all values of a parameter that may come several times.
    func list(_ parameter: Parameter) -> [String] {
        path.query.filter { $0.name == parameter.name }.map(\.value)
    }

    /// A whole number of a range.
    func number(_ text: String, of parameter: Parameter, in range: ClosedRange<Int>) throws(Problem) -> Int {
        guard let number = Int(text), range.contains(number) else {
            let most = range.upperBound == .max ? "" : " to \(range.upperBound)"
            throw Problem(
                .badRequest,
                "\(parameter.name) is a whole number from \(range.lowerBound)\(most), not '\(text.prefix(40))'",
                parameter: parameter.name
            )
        }
        return number
    }
}
