import HTTPTypes
import Storage

/// What may stand behind the question mark: named as the option of the command line that means the same.
struct Parameter: Sendable {
    let name: String
    let summary: String
    /// What its value is, as JSON Schema says it; of one that may come several times, what each is.
    var schema: JSON = ["type": "string"]
    /// Whether it may come several times.
    var isList = false
    /// Whether it has to be given.
    var isRequired = false
}

extension Call {
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

    /// The value of a parameter as it is; nil where there is none.
    func text(_ parameter: Parameter) throws -> String? { try read(parameter) { $0 } }

    /// The value of a parameter that has to be there.
    func required(_ parameter: Parameter) throws -> String {
        guard let text = try text(parameter) else {
            throw Problem(.badRequest, "\(parameter.name) is missing", parameter: parameter.name)
        }
        return text
    }

    /// Reads the value of a parameter; nil where there is none.
    ///
    /// - Throws: ``Problem`` that names the parameter.
    func read<Value>(_ parameter: Parameter, _ parse: (String) throws -> Value?) throws -> Value? {
        let values = path.query.filter { $0.name == parameter.name }
        guard values.count <= 1 else {
            throw Problem(.badRequest, "\(parameter.name) is given \(values.count) times", parameter: parameter.name)
        }
        guard let text = values.first?.value else { return nil }
        do {
            if let value = try parse(text) { return value }
        } catch let error as FilterError {
            throw Problem(error, of: parameter.name)
        }
        let shown = "'\(text.prefix(60))'"
        throw Problem(
            .badRequest,
            "\(parameter.name) cannot be \(shown): \(parameter.summary)",
            parameter: parameter.name
        )
    }

    /// All values of a parameter that may come several times.
    func list(_ parameter: Parameter) -> [String] { path.query.filter { $0.name == parameter.name }.map(\.value) }

    /// The value of a parameter that is a whole number of a range.
    func number(_ parameter: Parameter, in range: ClosedRange<Int> = 0...Int.max) throws -> Int? {
        try read(parameter) { text in
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
}
