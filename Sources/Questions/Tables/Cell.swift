public import Storage

/// A value in a table, kept as it is until it is known for whom it is written.
public enum Cell: Sendable {
    case missing
    case text(String)
    /// Numbers in words, as an interval: never cut.
    case figures(String)
    case integer(Int64)
    /// Yes or no for people, 1 or 0 in CSV.
    case truth(Bool)
    /// Rounded for people to a number of significant digits, exact in CSV.
    case real(Double, digits: Int = 5)
    /// Exact for people too.
    case precise(Double)
    /// Milliseconds since 1970: a date for people, the number in CSV.
    case moment(Int64)
    /// The same to the minute for people, in lists.
    case minute(Int64)
    /// With a remark for people, without it in CSV.
    case noted(String, String)
    /// Milliseconds: in the largest fitting unit for people, the number in CSV.
    case duration(Int64)
    /// Shortened for people, whole in CSV.
    case digest(String)
    /// A size for people, the number in CSV.
    case bytes(Int64)

    public init(_ text: String?) { self = text.map { .text($0) } ?? .missing }
    public init(_ integer: Int64?) { self = integer.map { .integer($0) } ?? .missing }
    public init(_ real: Double?) { self = real.map { .real($0) } ?? .missing }

    /// How far a run has come.
    public init(status run: Run) {
        self = run.silence.map { .noted(run.status.rawValue, $0) } ?? .text(run.status.rawValue)
    }

    public init(_ value: SQLValue) { self.init(JSON(value)) }

    /// A value of a record, by its kind.
    public init(_ value: JSON) {
        self =
            switch value {
            case .null: .missing
            case .bool(let value): .truth(value)
            case .integer(let value): .integer(value)
            case .real(let value): .real(value)
            case .string(let text): .text(text)
            case .array, .object: .text(value.text)
            }
    }

    /// About how much memory it takes, in bytes.
    public var size: Int {
        switch self {
        case .text(let text), .figures(let text), .digest(let text): 32 + text.utf8.count
        default: 32
        }
    }

    var isNumber: Bool {
        switch self {
        case .integer, .real, .precise: true
        default: false
        }
    }

    var mayBeCut: Bool {
        switch self {
        case .integer, .real, .precise, .figures: false
        default: true
        }
    }

    /// For people.
    var short: String {
        switch self {
        case .missing: ""
        case .text(let text), .figures(let text): escaped(text)
        case .noted(let text, let note): escaped("\(text), \(note)")
        case .integer(let value): value.description
        case .truth(let value): value ? "yes" : "no"
        case .real(let value, let digits): rounded(value, digits: digits)
        case .precise: exact
        case .moment(let value): date(value)
        case .minute(let value): date(value, toMinute: true)
        case .duration(let value): Self.span(value)
        case .digest(let text): escaped(String(text.prefix(12)))
        case .bytes(let count): byteCount(count)
        }
    }

    /// Milliseconds as `850 ms`, `12.3 s`, `4 min 5 s`, `3 h 20 min`.
    private static func span(_ milliseconds: Int64) -> String {
        let seconds = milliseconds / 1000
        return switch milliseconds {
        case ..<1000: "\(milliseconds) ms"
        case ..<60_000: "\(seconds).\(milliseconds % 1000 / 100) s"
        case ..<3_600_000: "\(seconds / 60) min \(seconds % 60) s"
        default: "\(seconds / 3600) h \(seconds / 60 % 60) min"
        }
    }

    /// For programs, in CSV.
    ///
    /// - Parameter isSafe: whether a text that a spreadsheet would take for a formula begins with an apostrophe.
    /// - Returns: the text of the field, not yet quoted.
    public func field(isSafe: Bool) -> String {
        guard isSafe, !isNumber, let first = exact.utf8.first, "=+-@\t\r".utf8.contains(first) else { return exact }
        return "'" + exact
    }

    /// For programs.
    public var exact: String {
        switch self {
        case .missing: ""
        case .text(let text), .figures(let text), .noted(let text, _), .digest(let text): text
        case .integer(let value), .moment(let value), .minute(let value), .duration(let value), .bytes(let value):
            value.description
        case .truth(let value): value ? "1" : "0"
        case .real(let value, _), .precise(let value): NumberText.exact(value)
        }
    }
}
