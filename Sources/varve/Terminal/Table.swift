import Questions
import Storage

/// A value in a table, kept as it is until it is known for whom it is written.
enum Cell {
    case missing
    case text(String)
    /// Numbers in words, as an interval: never cut.
    case figures(String)
    case integer(Int64)
    /// Yes or no for people, 1 or 0 in CSV.
    case truth(Bool)
    /// Rounded for people to so many significant digits, exact in CSV.
    case real(Double, digits: Int = 5)
    /// Exact for people too.
    case precise(Double)
    /// Milliseconds since 1970: a date for people, the number in CSV.
    case moment(Int64)
    /// The same to the minute for people, where many stand below each other.
    case minute(Int64)
    /// With something to know beside it for people, without it in CSV.
    case noted(String, String)
    /// Milliseconds: in the largest fitting unit for people, the number in CSV.
    case duration(Int64)
    /// Shortened for people, whole in CSV.
    case digest(String)
    /// A size for people, the number in CSV.
    case bytes(Int64)

    init(_ text: String?) { self = text.map { .text($0) } ?? .missing }
    init(_ integer: Int64?) { self = integer.map { .integer($0) } ?? .missing }
    init(_ real: Double?) { self = real.map { .real($0) } ?? .missing }

    /// How far a run has come.
    init(status run: Run) {
        self = run.silence.map { .noted(run.status.rawValue, $0) } ?? .text(run.status.rawValue)
    }

    init(_ value: SQLValue) { self.init(JSON(value)) }

    /// About how much memory it takes, in bytes.
    var size: Int {
        switch self {
        case .text(let text), .figures(let text), .digest(let text): 32 + text.utf8.count
        default: 32
        }
    }

    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .real, .precise: true
        default: false
        }
    }

    fileprivate var mayBeCut: Bool {
        switch self {
        case .integer, .real, .precise, .figures: false
        default: true
        }
    }

    /// For people.
    fileprivate var short: String {
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
    func field(isSafe: Bool) -> String {
        guard isSafe, !isNumber, let first = exact.utf8.first, "=+-@\t\r".utf8.contains(first) else { return exact }
        return "'" + exact
    }

    /// For programs.
    var exact: String {
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

/// Rows under named columns, written for a terminal, for Markdown or as CSV.
///
/// A column of numbers is aligned to the right. On a terminal the widest text columns are cut where the whole would
/// not fit; Markdown and CSV are never cut.
struct Table {
    let columns: [String]
    var rows: [[Cell]] = []
    /// What the rows that were taken have settled: which columns are numbers, and how wide they are.
    private var settled: (numeric: [Bool], widths: [Int])?

    init(_ columns: [String]) { self.columns = columns }

    mutating func append(_ cells: Cell...) { rows.append(cells) }

    /// The lines of the rows, which are dropped: of a table that is too long to be held, a part at a time.
    ///
    /// The first time also the head. Columns then stay as they are, or grow where a later part needs it.
    mutating func takeLines(_ format: OutputFormat, isColored: Bool, width: Int?) -> [String] {
        defer { rows.removeAll() }
        switch format {
        case .markdown: return markdown()
        case .table, .json, .csv: return terminal(isColored: isColored, width: width)
        }
    }

    /// The lines of the rows as CSV, which are dropped, with the head.
    mutating func takeCSV(isSafe: Bool) -> [String] {
        defer { rows.removeAll() }
        return [CSV.line(columns)] + rows.map { CSV.line($0.map { $0.field(isSafe: isSafe) }) }
    }

    private var numeric: [Bool] {
        columns.indices.map { column in
            let values = rows.map { $0[column] }
            return values.contains { $0.isNumber }
                && values.allSatisfy { if case .missing = $0 { true } else { $0.isNumber } }
        }
    }

    private mutating func markdown() -> [String] {
        func line(_ fields: [String]) -> String { "| " + fields.joined(separator: " | ") + " |" }
        let cells = rows.map { row in line(row.map { Self.markdownField($0.short) }) }
        guard settled == nil else { return cells }
        settled = (numeric, [])
        let head = line(columns.map { Self.markdownField(escaped($0)) })
        return [head, line(numeric.map { $0 ? "---:" : "---" })] + cells
    }

    /// A text that ends no cell and begins no HTML.
    private static func markdownField(_ text: String) -> String {
        guard text.utf8.contains(where: { "\\|<&".utf8.contains($0) }) else { return text }
        var field = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", "|": field += "\\\(scalar)"
            case "<": field += "&lt;"
            case "&": field += "&amp;"
            default: field.unicodeScalars.append(scalar)
            }
        }
        return field
    }

    private mutating func terminal(isColored: Bool, width: Int?) -> [String] {
        let cells = rows.map { $0.map(\.short) }
        let columns = columns.map(escaped)
        let numeric = settled?.numeric ?? numeric
        var widths = columns.indices.map { column in
            cells.reduce(settled?.widths[column] ?? displayWidth(columns[column])) {
                max($0, displayWidth($1[column]))
            }
        }
        if let width {
            let mayCut = columns.indices.map { column in rows.allSatisfy { $0[column].mayBeCut } }
            Self.fit(&widths, to: width, cutting: mayCut)
        }
        func line(_ fields: [String]) -> String {
            var text = ""
            for (column, field) in fields.enumerated() {
                if column > 0 { text += "  " }
                let field = cut(field, to: widths[column])
                let space = String(repeating: " ", count: widths[column] - displayWidth(field))
                text += numeric[column] ? space + field : field + space
            }
            while text.last == " " { text.removeLast() }
            return text
        }
        let lines = cells.map(line)
        guard settled == nil else {
            settled?.widths = widths
            return lines
        }
        settled = (numeric, widths)
        let head = line(columns)
        return [isColored ? "\u{1B}[1m\(head)\u{1B}[0m" : head] + lines
    }

    /// The table as several that fit a width without a cut, one below the other, each with the first column.
    func parts(fitting width: Int?) -> [Table] {
        guard let width else { return [self] }
        let widths = columns.indices.map { column in
            rows.reduce(displayWidth(escaped(columns[column]))) { max($0, displayWidth($1[column].short)) }
        }
        var parts: [[Int]] = []
        var used = 0
        for column in columns.indices.dropFirst() {
            used += 2 + widths[column]
            if parts.isEmpty || used > width {
                parts.append([0])
                used = widths[0] + 2 + widths[column]
            }
            parts[parts.count - 1].append(column)
        }
        guard parts.count > 1 else { return [self] }
        return parts.map { part in
            var table = Table(part.map { columns[$0] })
            table.rows = rows.map { row in part.map { row[$0] } }
            return table
        }
    }

    /// Narrows the widest columns that may be cut until the line fits, but no column under eight places.
    private static func fit(_ widths: inout [Int], to width: Int, cutting mayCut: [Bool]) {
        for column in widths.indices where mayCut[column] { widths[column] = min(widths[column], max(width, 8)) }
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
        while excess > 0 {
            let candidates = widths.indices.filter { mayCut[$0] && widths[$0] > 8 }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
            widths[widest] -= 1
            excess -= 1
        }
    }
}
