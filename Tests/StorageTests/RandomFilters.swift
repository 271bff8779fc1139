import Foundation

@testable import Storage

/// Makes runs and filters that have something to do with each other.
struct RandomFilters {
    private var generator: SeededGenerator
    private var uuids: [String] = []

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private static let keys = ["a", "width", "val loss", "a.b/c:d-e", "it's", "ba`ck", "quo\"te", "größe", "AND"]
    private static let words = [
        "plain", "Plain", "batchnorm", "10", "9", "9.0", " 12 ", "1e2", "-3", "+5", ".5", "inf", "-Infinity", "nan",
        "1.2.3",
        "", "100%", "a_b", "a*b", "[c]", "it's", "\"q\"", "größe", "日本", "0x10", "2026-11-24", "1e", "-", "5 apples",
    ]
    private static let numbers: [Double] = [
        0, 1, 5, 9, 10, 12, 100, -3, 0.5, 0.05, 2.25, 1e-3, 1e300, -1e300, .infinity, -.infinity, 1e15,
    ]
    private static let patterns = [
        "%", "_", "p%", "%n%", "%a_b%", "1%", "%0", "a*b", "[c]", "*", "?", "%ß%", "__", "PLAIN", "%'%", "",
    ]

    private mutating func pick<Element>(_ list: [Element]) -> Element {
        list[Int.random(in: list.indices, using: &generator)]
    }
    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    // MARK: Runs

    mutating func run(_ index: Int) -> SampleRun {
        var run = SampleRun()
        run.experiment = chance(50) ? "Default" : pick(["depth", "10", "it's"])
        run.name = chance(30) ? pick(Self.words) : nil
        run.architecture = chance(85) ? pick(["plain", "batchnorm", "branchnorm"]) : nil
        run.seed = chance(85) ? Int64.random(in: 0..<12, using: &generator) : nil
        run.status = pick([.finished, .finished, .failed, .killed, RunStatus(rawValue: "scheduled")])
        run.started = 1_795_500_000_000 + Int64(index) * 3_600_000
        run.ended = chance(80) ? run.started + 1000 : nil
        run.steps = Int.random(in: 0..<5, using: &generator)
        for key in Self.keys where chance(60) {
            run.params[key] = chance(40) ? .text(pick(Self.words)) : number()
        }
        for key in Self.keys where chance(60) { run.tags[key] = pick(Self.words) }
        for key in ["loss", "val loss"] where chance(80) {
            run.metrics[key] = (0..<Int.random(in: 1..<4, using: &generator)).map { step in
                (step, chance(15) ? .nan : pick(Self.numbers))
            }
        }
        // Metrics count as steps too: variances come at each of them, so that the last step has some.
        let last = run.metrics.values.flatMap { $0.map(\.step) }.max() ?? -1
        run.variances = chance(20) && last < 0 ? [] : (0...max(0, last)).map { _ in [variance(), variance()] }
        return run
    }

    private mutating func number() -> SQLValue {
        let value = pick(Self.numbers)
        guard let whole = Int64(exactly: value), chance(70) else { return .real(value) }
        return .integer(whole)
    }

    private mutating func variance() -> Float {
        chance(10) ? .nan : Float(pick([0.5, 1, 2.25, 5, 100, .infinity]))
    }

    // MARK: Filters

    mutating func tree(depth: Int) -> TestTree {
        switch Int.random(in: 0..<(depth == 0 ? 6 : 10), using: &generator) {
        case 0..<3:
            let field = field()
            return .compare(field, pick(["=", "!=", "<", "<=", ">", ">="]), value(for: field))
        case 3:
            let field = field()
            let values = (0..<Int.random(in: 1..<5, using: &generator)).map { _ in value(for: field) }
            return .among(field, values, isNegated: chance(40))
        case 4:
            // Patterns are for text; those of whole numbers are in no params here.
            let field =
                chance(60) ? TestField.tag(pick(Self.keys)) : .attribute(pick(["architecture", "name", "status"]))
            return .like(field, pick(Self.patterns), ignoringCase: chance(50), isNegated: chance(30))
        case 5: return .isNull(field(), isNegated: chance(50))
        case 6: return .not(tree(depth: depth - 1))
        case let kind:
            let trees = (0..<Int.random(in: 2..<4, using: &generator)).map { _ in tree(depth: depth - 1) }
            return kind == 7 ? .and(trees) : .or(trees)
        }
    }

    private mutating func field() -> TestField {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: .param(pick(Self.keys))
        case 1: .tag(pick(Self.keys))
        case 2: .metric(pick(["loss", "val loss", "none"]))
        case 3: .variance(pick(["input", "Output", "output", "none"]))
        default:
            .attribute(
                pick([
                    "number", "experiment", "name", "architecture", "seed", "status", "started", "ended", "steps",
                ])
            )
        }
    }

    private mutating func value(for field: TestField) -> TestValue {
        switch field {
        case .attribute("started"), .attribute("ended"):
            return .number(1_795_500_000_000 + Double(Int.random(in: 0..<60, using: &generator)) * 3_600_000)
        case .attribute("number"): return .number(Double(Int.random(in: 0..<62, using: &generator)))
        case .attribute("seed"), .attribute("steps"), .metric, .variance: return .number(pick(Self.numbers))
        case .attribute("architecture"): return .text(pick(["plain", "batchnorm", "branchnorm", "b", "z"]))
        case .attribute("status"): return .text(pick(["finished", "killed", "running", "failed", "scheduled"]))
        case .attribute("experiment"): return .text(pick(["Default", "depth", "10", "10.0", "it's"]))
        default: return chance(50) ? .number(pick(Self.numbers)) : .text(pick(Self.words))
        }
    }

    // MARK: Text

    mutating func text(of tree: TestTree) -> String {
        switch tree {
        case .compare(let field, let sign, let value):
            return text(of: field) + space() + sign + space() + text(of: value, field)
        case .among(let field, let values, let isNegated):
            let list = values.map { text(of: $0, field) }.joined(separator: space() + "," + space())
            return text(of: field) + (isNegated ? word(" NOT") : "") + word(" IN") + space() + "(" + list + ")"
        case .like(let field, let pattern, let ignoringCase, let isNegated):
            let name = word(isNegated ? " NOT " : " ") + word(ignoringCase ? "ILIKE" : "LIKE")
            return text(of: field) + name + space() + quoted(pattern, by: "'")
        case .isNull(let field, let isNegated): return text(of: field) + word(isNegated ? " IS NOT NULL" : " IS NULL")
        case .not(let tree): return word("NOT ") + "(" + text(of: tree) + ")"
        case .and(let trees): return trees.map { part($0) }.joined(separator: word(" AND "))
        case .or(let trees):
            return "(" + trees.map { text(of: $0) }.joined(separator: word(" OR ")) + ")"
        }
    }

    private mutating func part(_ tree: TestTree) -> String {
        let text = text(of: tree)
        return chance(20) ? "(" + space() + text + ")" : text
    }

    private mutating func text(of field: TestField) -> String {
        switch field {
        case .attribute(let name):
            (chance(15) ? pick(["attributes.", "run."]) : "") + (chance(10) ? name.uppercased() : name)
        case .param(let name): pick(["params.", "param.", "parameters."]) + key(name)
        case .tag(let name): pick(["tags.", "tag."]) + key(name)
        case .metric(let name): pick(["metrics.", "metric."]) + key(name)
        case .variance(let name): "variance." + key(name)
        }
    }

    private mutating func key(_ key: String) -> String {
        let isPlain = key.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || "._-/:".unicodeScalars.contains($0)
        }
        return isPlain && chance(70) ? key : quoted(key, by: chance(50) ? "`" : "\"")
    }

    private mutating func text(of value: TestValue, _ field: TestField) -> String {
        switch value {
        case .text(let text): return quoted(text, by: chance(80) ? "'" : "\"")
        case .number(let number):
            if number.isInfinite { return (number < 0 ? "-" : chance(30) ? "+" : "") + pick(["inf", "Infinity"]) }
            let isMoment = field == .attribute("started") || field == .attribute("ended")
            if isMoment, chance(60) {
                return "'" + ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: number / 1000)) + "'"
            }
            let word = Int64(exactly: number).map(\.description) ?? number.description
            // A number in quotes stays one, but then other text has an order beside it.
            let isNumeric: Bool
            switch field {
            case .metric, .variance, .attribute("seed"), .attribute("number"), .attribute("steps"): isNumeric = true
            default: isNumeric = false
            }
            return isNumeric && chance(30) ? "'\(word)'" : word
        }
    }

    private mutating func word(_ word: String) -> String { chance(70) ? word : word.lowercased() }
    private mutating func space() -> String { pick(["", " ", " ", "  "]) }

    private func quoted(_ text: String, by quote: String) -> String {
        quote + text.replacingOccurrences(of: quote, with: quote + quote) + quote
    }
}
