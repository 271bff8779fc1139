import Storage

/// A value in a table, kept as it is until it is known for whom it is written.
enum Cell {
    case missing
    case text(String)
    case integer(Int64)
    /// Rounded for people, exact in CSV.
    case real(Double)
    /// Exact for people too.
    case precise(Double)
    /// Milliseconds since 1970: a date for people, the number in CSV.
    case moment(Int64)
    /// The same to the minute for people, where many stand below each other.
    case minute(Int64)
    /// Shortened for people, whole in CSV.
    case digest(String)
    /// A size for people, the number in CSV.
    case bytes(Int64)

    init(_ text: String?) { self = text.map { .text($0) } ?? .missing }
    init(_ integer: Int64?) { self = integer.map { .integer($0) } ?? .missing }
    init(_ real: Double?) { self = real.map { .real($0) } ?? .missing }

    init(_ value: SQLValue) {
        self =
            switch value {
            case .null: .missing
            case .integer(let value): .integer(value)
            case .real(let value): .real(value)
            case .text(let value): .text(value)
            case .blob(let value): .text(Digest.hexadecimal(value))
            }
    }

    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .real, .precise: true
        default: false
        }
    }

    /// For people.
    fileprivate var short: String {
        switch self {
        case .missing: ""
        case .text(let text): escaped(text)
        case .integer(let value): value.description
        case .real(let value): rounded(value)
        case .precise: exact
        case .moment(let value): date(value)
        case .minute(let value): String(date(value).dropLast(3))
        case .digest(let text): escaped(String(text.prefix(12)))
        case .bytes(let count): byteCount(count)
        }
    }

    /// For programs.
    var exact: String {
        switch self {
        case .missing: ""
        case .text(let text), .digest(let text): text
        case .integer(let value), .moment(let value), .minute(let value), .bytes(let value): value.description
        case .real(let value), .precise(let value):
            value.isFinite ? value.description : value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity"
        }
    }
}

/// Rows under named columns, written for a terminal, for Markdown or as CSV.
///
/// A column of numbers is aligned to the right. On a terminal the widest text columns are cut where the whole would
/// not fit; Markdown and CSV are never cut.
struct Table {
    let columns: [String]
    var rows: [[Cell]] = []

    init(_ columns: [String]) { self.columns = columns }

    mutating func append(_ cells: Cell...) { rows.append(cells) }

    /// The fields of a row as a format has them.
    static func fields(of row: [Cell], in format: OutputFormat) -> [String] {
        row.map { format == .csv ? $0.exact : $0.short }
    }

    /// How the columns are written, settled by the rows there are, whose fields are given.
    func layout(_ format: OutputFormat, fields: [[String]], width: Int?) -> Layout {
        let numeric = columns.indices.map { column in
            let values = rows.map { $0[column] }
            return values.contains { $0.isNumber }
                && values.allSatisfy { if case .missing = $0 { true } else { $0.isNumber } }
        }
        guard format == .table else { return Layout(format: format, columns: columns, numeric: numeric, widths: []) }
        var widths = columns.map { displayWidth(escaped($0)) }
        for row in fields {
            for (column, field) in row.enumerated() { widths[column] = max(widths[column], displayWidth(field)) }
        }
        if let width { Self.fit(&widths, to: width, cutting: numeric.map { !$0 }) }
        return Layout(format: format, columns: columns, numeric: numeric, widths: widths, isCutting: width != nil)
    }

    /// How the columns of a table are written.
    struct Layout {
        fileprivate let format: OutputFormat
        fileprivate let columns: [String]
        fileprivate let numeric: [Bool]
        /// Of a table on a terminal.
        fileprivate let widths: [Int]
        /// Whether a text that is wider than its column is cut; a number never is.
        fileprivate var isCutting = false

        /// The lines above the rows.
        func head(isColored: Bool) -> [String] {
            switch format {
            case .csv: return [Table.csv(columns)]
            case .markdown:
                return [markdown(columns.map(Table.markdownField)), markdown(numeric.map { $0 ? "---:" : "---" })]
            case .table, .json:
                let head = aligned(columns.map(escaped))
                return [isColored ? "\u{1B}[1m\(head)\u{1B}[0m" : head]
            }
        }

        /// A row, of which the fields are given.
        func line(_ fields: [String]) -> String {
            switch format {
            case .csv: Table.csv(fields)
            case .markdown: markdown(fields.map(Table.markdownField))
            case .table, .json: aligned(fields)
            }
        }

        private func markdown(_ fields: [String]) -> String { "| " + fields.joined(separator: " | ") + " |" }

        private func aligned(_ fields: [String]) -> String {
            var text = ""
            for (column, field) in fields.enumerated() {
                if column > 0 { text += "  " }
                let field = isCutting && !numeric[column] ? cut(field, to: widths[column]) : field
                let space = String(repeating: " ", count: max(0, widths[column] - displayWidth(field)))
                text += numeric[column] ? space + field : field + space
            }
            while text.last == " " { text.removeLast() }
            return text
        }
    }

    /// RFC 4180, with line feeds alone as sqlite3 and pandas write them.
    static func csv(_ fields: [String]) -> String {
        fields.map { field in
            let needsQuotes = field.utf8.contains { [34, 44, 10, 13].contains($0) }
            guard needsQuotes else { return field }
            return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                + "\""
        }.joined(separator: ",")
    }

    fileprivate static func markdownField(_ text: String) -> String {
        escaped(text).split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }

    /// Narrows the widest columns that may be cut until the line fits, but no column under eight places.
    private static func fit(_ widths: inout [Int], to width: Int, cutting mayCut: [Bool]) {
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
        while excess > 0 {
            let candidates = widths.indices.filter { mayCut[$0] && widths[$0] > 8 }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
            widths[widest] -= 1
            excess -= 1
        }
    }
}
