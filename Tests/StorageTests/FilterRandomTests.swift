import Foundation
import TestSupport
import Testing

@testable import Storage

/// Random filters on random runs, against an evaluation of the same rows that shares nothing with the one in SQL.
@Suite struct FilterRandomTests {
    @Test(arguments: [11, 12, 13] as [UInt64])
    func `the runs found are those that a plain evaluation of the rows finds`(_ seed: UInt64) throws {
        var random = RandomFilters(seed: seed)
        let folder = try TemporaryFolder()
        let path = folder.file("varve.db")
        var runs: [SampleRun] = []
        do {
            let store = try Store(path: path, for: .writing)
            for index in 0..<60 {
                var run = random.run(index)
                try run.record(in: store)
                runs.append(run)
            }
        }
        let store = try Store(path: path, for: .reading)
        var found = 0
        var partial = 0
        for _ in 0..<250 {
            let tree = random.tree(depth: 4)
            let text = random.text(of: tree)
            let expected = runs.filter { tree.evaluated(on: $0) == true }.map(\.number)
            #expect(try store.numbers(text) == expected, "\(text)")
            found += expected.count
            if !expected.isEmpty && expected.count < runs.count { partial += 1 }
        }
        // The filters do tell runs apart.
        #expect(partial > 100)
        #expect(found > 1000)
    }
}

/// A field by what it is asked for, as the evaluation sees it.
enum TestField: Equatable {
    case attribute(String)
    case param(String)
    case tag(String)
    case metric(String)
    case variance(String)
}

enum TestValue: Equatable {
    case number(Double)
    case text(String)
}

indirect enum TestTree {
    case compare(TestField, String, TestValue)
    case among(TestField, [TestValue], isNegated: Bool)
    case like(TestField, String, ignoringCase: Bool, isNegated: Bool)
    case isNull(TestField, isNegated: Bool)
    case not(TestTree)
    case and([TestTree])
    case or([TestTree])

    /// True, false, or nil for neither.
    func evaluated(on run: SampleRun) -> Bool? {
        switch self {
        case .not(let tree): return tree.evaluated(on: run).map { !$0 }
        case .and(let trees):
            let values = trees.map { $0.evaluated(on: run) }
            return values.contains(false) ? false : values.contains(nil) ? nil : true
        case .or(let trees):
            let values = trees.map { $0.evaluated(on: run) }
            return values.contains(true) ? true : values.contains(nil) ? nil : false
        case .isNull(let field, let isNegated): return (run.value(of: field) == nil) != isNegated
        case .compare(let field, let sign, let value):
            guard let own = run.value(of: field) else { return nil }
            return Self.compare(own, sign, value)
        case .among(let field, let values, let isNegated):
            guard let own = run.value(of: field) else { return nil }
            return values.contains { Self.compare(own, "=", $0) == true } != isNegated
        case .like(let field, let pattern, let ignoringCase, let isNegated):
            guard let own = run.value(of: field) else { return nil }
            var words = [own.asText, pattern]
            if ignoringCase { words = words.map { $0.lowercased() } }
            return Self.matches(Array(words[0].unicodeScalars)[...], Array(words[1].unicodeScalars)[...]) != isNegated
        }
    }

    private static func compare(_ left: TestValue, _ sign: String, _ right: TestValue) -> Bool? {
        let order: ComparisonResult?
        if let left = left.asNumber, let right = right.asNumber {
            order = left < right ? .orderedAscending : left > right ? .orderedDescending : .orderedSame
        } else if case .text(let left) = left, case .text(let right) = right {
            let bytes = (Array(left.utf8), Array(right.utf8))
            order =
                bytes.0 == bytes.1
                ? .orderedSame : bytes.0.lexicographicallyPrecedes(bytes.1) ? .orderedAscending : .orderedDescending
        } else {
            order = nil
        }
        switch sign {
        case "=": return order == .orderedSame
        case "!=": return order != .orderedSame
        case "<": return order.map { $0 == .orderedAscending }
        case "<=": return order.map { $0 != .orderedDescending }
        case ">": return order.map { $0 == .orderedDescending }
        default: return order.map { $0 != .orderedAscending }
        }
    }

    private static func matches(_ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let mark = pattern.first else { return text.isEmpty }
        if mark == "%" {
            return (text.startIndex...text.endIndex).contains { matches(text[$0...], pattern.dropFirst()) }
        }
        guard let first = text.first, mark == "_" || mark == first else { return false }
        return matches(text.dropFirst(), pattern.dropFirst())
    }
}

extension TestValue {
    var asNumber: Double? {
        switch self {
        case .number(let value): return value
        case .text(let text):
            let word = text.trimmingCharacters(in: .whitespaces)
            let isNumber = word.range(
                of: #"^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|inf|infinity)$"#,
                options: [.regularExpression, .caseInsensitive]
            )
            return isNumber == nil ? nil : strtod(word, nil)
        }
    }

    /// As SQLite writes it; the tests ask for patterns of text and whole numbers only.
    var asText: String {
        switch self {
        case .number(let value): "\(Int(value))"
        case .text(let text): text
        }
    }
}

extension SampleRun {
    func value(of field: TestField) -> TestValue? {
        func text(_ text: String?) -> TestValue? { text.map { .text($0) } }
        func number(_ number: Int64?) -> TestValue? { number.map { .number(Double($0)) } }
        switch field {
        case .attribute("number"): return number(self.number)
        case .attribute("uuid"): return text(uuid)
        case .attribute("experiment"): return text(experiment)
        case .attribute("name"): return text(name)
        case .attribute("architecture"): return text(architecture)
        case .attribute("seed"): return number(seed)
        case .attribute("status"): return text(status.rawValue)
        case .attribute("started"): return number(started)
        case .attribute("ended"): return number(ended)
        case .attribute("steps"): return number(Int64(steps))
        case .attribute: return nil
        case .param(let key):
            switch params[key] {
            case .integer(let value)?: return number(value)
            case .real(let value)?: return .number(value)
            case .text(let value)?: return .text(value)
            default: return nil
            }
        case .tag(let key): return text(tags[key])
        case .metric(let key):
            let last = metrics[key]?.max { $0.step < $1.step }?.value
            return last.flatMap { $0.isNaN ? nil : .number($0) }
        case .variance(let layer):
            guard let index = twoLayers.firstIndex(where: { $0.name == layer || $0.shortName == layer }) else {
                return nil
            }
            return variances.last.flatMap { $0[index].isNaN ? nil : .number(Double($0[index])) }
        }
    }
}
