/// Reads the tokens of a filter, an order or a list of fields.
///
///     filter      = any
///     any         = every (OR every)*
///     every       = negation (AND negation)*
///     negation    = NOT negation | "(" any ")" | test
///     test        = field (comparison value | [NOT] LIKE text | [NOT] IN "(" value ("," value)* ")" | IS [NOT] (NULL | NAN | FINITE))
///     field       = name | (MAX | MIN) "(" name ")"
struct FilterParser {
    /// How deep parentheses and NOTs may go: SQLite's parser, which reads the compiled filter, has a stack of its own.
    static let maximumDepth = 50
    /// A chain of them is a tree as deep as it is long to SQLite, which allows 1000.
    static let maximumTests = 500
    /// SQLite takes 32 766 parameters, keys and values of comparisons among them.
    static let maximumValues = 30_000
    /// SQLite's limit, in bytes.
    static let maximumPattern = 50_000

    let text: String
    private let tokens: [FilterToken]
    private var position = 0
    private var depth = 0
    private var tests = 0
    private var values = 0

    init(_ text: String) throws(FilterError) {
        self.text = text
        tokens = try FilterLexer.tokens(of: text)
    }

    // MARK: The grammar

    mutating func filter() throws(FilterError) -> Condition {
        let condition = try any()
        guard token.kind == .end else { throw unexpected("AND, OR or the end") }
        return condition
    }

    private mutating func any() throws(FilterError) -> Condition {
        var parts = [try every()]
        while take("OR") { parts.append(try every()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func every() throws(FilterError) -> Condition {
        var parts = [try negation()]
        while take("AND") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func negation() throws(FilterError) -> Condition {
        let isNegated = token.isKeyword("NOT")
        guard isNegated || token.kind == .symbol("(") else { return try test() }
        depth += 1
        guard depth <= Self.maximumDepth else {
            throw error("the filter is nested too deeply", expected: "at most \(Self.maximumDepth) levels")
        }
        defer { depth -= 1 }
        advance()
        if isNegated { return .not(try negation()) }
        let condition = try any()
        guard take(symbol: ")") else { throw unexpected("AND, OR or )") }
        return condition
    }

    private mutating func test() throws(FilterError) -> Condition {
        tests += 1
        guard tests <= Self.maximumTests else {
            throw error(
                "the filter has more than \(Self.maximumTests) tests",
                expected: "fewer, as with seed IN (1, 2, 3)"
            )
        }
        let field = try field()
        if case .symbol(let sign) = token.kind, let comparison = FieldTest.Sign(rawValue: sign) {
            advance()
            return .test(field, .compare(comparison, try value(for: field)))
        }
        if take("IS") {
            let isNegated = take("NOT")
            let test = try property(of: field, isNegated)
            return isNegated ? .not(.test(field, test)) : .test(field, test)
        }
        let isNegated = take("NOT")
        let test: FieldTest
        if take("IN") {
            test = .among(try list(for: field))
        } else if field.isText, token.isKeyword("LIKE") || token.isKeyword("ILIKE") {
            let isCaseIgnored = token.isKeyword("ILIKE")
            advance()
            test = .like(try pattern(), ignoringCase: isCaseIgnored)
        } else {
            let words = field.isText ? "LIKE, ILIKE or IN" : "IN"
            throw unexpected(isNegated ? words : "=, !=, <, <=, >, >=, IS NULL, IS NOT NULL, NOT, " + words)
        }
        return isNegated ? .not(.test(field, test)) : .test(field, test)
    }

    /// What follows IS or IS NOT.
    private mutating func property(of field: RunField, _ isNegated: Bool) throws(FilterError) -> FieldTest {
        if take("NULL") { return .isNull }
        let isNumeric = token.isKeyword("NAN") || token.isKeyword("FINITE")
        guard field.isMeasured else {
            if isNumeric { throw error("only metrics and layers can be \(token.source)", expected: "NULL") }
            throw unexpected(isNegated ? "NULL" : "NULL or NOT NULL")
        }
        if take("NAN") { return .isNaN }
        if take("FINITE") { return .isFinite }
        throw unexpected(isNegated ? "NULL, NAN or FINITE" : "NULL, NAN, FINITE or NOT before one of them")
    }

    private mutating func list(for field: RunField) throws(FilterError) -> [FilterValue] {
        guard take(symbol: "(") else { throw unexpected("( and values with commas between them") }
        var list: [FilterValue] = []
        repeat { list.append(try value(for: field)) } while take(symbol: ",")
        guard take(symbol: ")") else { throw unexpected("a comma or )") }
        return list
    }

    // MARK: Fields and values

    mutating func field() throws(FilterError) -> RunField {
        guard case .name(let prefix, let key) = token.kind, !Self.keywords.contains(where: token.isKeyword) else {
            throw unexpected("a field: " + RunField.forms)
        }
        if prefix == nil, tokens[min(position + 1, tokens.count - 1)].kind == .symbol("("),
            let value = RunField.MetricValue(rawValue: key.lowercased()), value != .last
        {
            return try metric(value)
        }
        guard let field = RunField(prefix: prefix, key: key) else {
            var error = error("there is no field '\(token.source)'", expected: RunField.forms)
            error.unknownField = String(token.source)
            throw error
        }
        advance()
        return field
    }

    /// What is between the parentheses of `max(…)` and its like.
    private mutating func metric(_ value: RunField.MetricValue) throws(FilterError) -> RunField {
        advance()
        advance()
        guard case .name(let prefix, let key) = token.kind,
            case .metric(let key, .last)? = RunField(prefix: prefix, key: key)
        else {
            throw unexpected("a metric, as max(metrics.loss)")
        }
        advance()
        guard take(symbol: ")") else { throw unexpected(")") }
        return .metric(key, value)
    }

    private static let keywords = ["AND", "OR", "NOT", "IN", "IS", "LIKE", "ILIKE", "NULL"]

    private mutating func value(for field: RunField) throws(FilterError) -> FilterValue {
        values += 1
        guard values <= Self.maximumValues else {
            throw error("the filter has too many values", expected: "at most \(Self.maximumValues)")
        }
        let value = try literal(field.kind.expected)
        let converted: FilterValue? =
            switch (field.kind, value) {
            case (.value, _), (.number, .number), (.moment, .number), (.identifier, .text): value
            case (.number, .text(let text)): NumberText.number(in: text).map { .number($0) }
            case (.moment, .text(let text)):
                (Moment.parse(text).map { .integer($0) } ?? NumberText.number(in: text)).map { .number($0) }
            case (.identifier, .number): nil
            }
        guard let converted else { throw unexpected(field.kind.expected) }
        advance()
        return converted
    }

    /// The value at the present token, which stays the present one.
    private func literal(_ expected: String) throws(FilterError) -> FilterValue {
        switch token.kind {
        case .number(let number): return .number(number)
        case .text(let text): return .text(text)
        case .name(nil, let word):
            if let number = NumberText.number(in: word) { return .number(number) }
            switch word.uppercased() {
            case "NULL": throw error("nothing equals NULL", expected: "IS NULL or IS NOT NULL instead")
            case "NAN": throw error("nothing equals NaN", expected: "IS NAN instead")
            default: throw error("'\(word)' is where a value belongs", expected: expected)
            }
        default: throw unexpected(expected)
        }
    }

    /// A pattern of LIKE.
    private mutating func pattern() throws(FilterError) -> String {
        guard case .text(let pattern) = token.kind else { throw unexpected("a pattern in single quotes, as '%drift%'") }
        guard FilterSQL.glob(pattern).utf8.count <= Self.maximumPattern else {
            throw error("the pattern is too long", expected: "a shorter one")
        }
        advance()
        return pattern
    }

    // MARK: Tokens

    var token: FilterToken { tokens[position] }

    private mutating func advance() { position = min(position + 1, tokens.count - 1) }

    mutating func take(_ keyword: String) -> Bool {
        guard token.isKeyword(keyword) else { return false }
        advance()
        return true
    }

    /// The text from a token up to the present one, as it was written.
    func text(from start: FilterToken) -> String {
        let last = tokens[max(position - 1, 0)]
        let bytes = text.utf8.dropFirst(start.offset).prefix(last.offset + last.source.utf8.count - start.offset)
        return String(bytes) ?? start.source
    }

    /// Takes `params.*` and the like, by a field of the kind.
    mutating func take(allOf field: RunField) -> Bool {
        guard case .all(let prefix) = token.kind, RunField(prefix: prefix, key: "") == field else { return false }
        advance()
        return true
    }

    mutating func take(symbol: String) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        advance()
        return true
    }

    func unexpected(_ expected: String) -> FilterError {
        guard token.kind != .end else {
            return error(position == 0 ? "nothing is given" : "something is missing at the end", expected: expected)
        }
        return error("\(token.source) does not belong here", expected: expected)
    }

    private func error(_ reason: String, expected: String) -> FilterError {
        FilterError(reason: reason, expected: expected, text: text, offset: token.offset)
    }
}

extension RunField {
    /// Whether its values may be text, which patterns are for.
    fileprivate var isText: Bool { kind == .value || kind == .identifier }
}

extension RunField.Kind {
    /// What a value of a field may be.
    fileprivate var expected: String {
        switch self {
        case .value: "a number, or text in single quotes"
        case .number: "a number"
        case .moment: "milliseconds since 1970, or a date as '2026-11-24' or '2026-11-24T10:00'"
        case .identifier: "text in single quotes"
        }
    }
}
