/// Rows under named columns, written for a terminal, for Markdown or as CSV.
///
/// A column of numbers is aligned to the right. On a terminal the widest text columns are cut where the whole would
/// not fit; Markdown and CSV are never cut.
public struct Table: Sendable {
    public let columns: [String]
    public var rows: [[Cell]]
    /// What was taken has settled: how wide the columns are, and which are numbers where there were rows.
    private var settled: (numeric: [Bool]?, widths: [Int])?

    /// Makes a table.
    public init(_ columns: [String], rows: [[Cell]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// Makes a table of records.
    public init(_ columns: [Column], _ records: [Record]) {
        self.init(columns.titles, rows: records.map(columns.cells))
    }

    /// Makes a table of one record, a row for each column.
    public init(facts columns: [Column], of record: Record) {
        self.init(["key", "value"], rows: columns.map { [.text($0.title), $0.cell(record)] })
    }

    /// Adds a row.
    public mutating func append(_ cells: Cell...) { rows.append(cells) }

    /// The lines of the rows as CSV, which are dropped, with the head.
    ///
    /// - Parameter isSafe: see ``Cell/field(isSafe:)``.
    /// - Returns: the lines.
    public mutating func takeCSV(isSafe: Bool) -> [String] {
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

    /// The lines of the rows in Markdown, which are dropped, the first time with the head.
    ///
    /// A table that is too long to be held is so written a part at a time.
    public mutating func takeMarkdown() -> [String] {
        defer { rows.removeAll() }
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

    /// The lines of the rows for a terminal, which are dropped, as ``takeMarkdown()`` does; columns stay as wide as they
    /// were, or grow where a later part needs it.
    ///
    /// - Parameters:
    ///   - isColored: whether the head is bold.
    ///   - width: the columns of the terminal; nil where it has none.
    /// - Returns: the lines.
    public mutating func takeText(isColored: Bool, width: Int?) -> [String] {
        defer { rows.removeAll() }
        let cells = rows.map { $0.map { Field($0.short) } }
        let head = columns.map { Field(escaped($0)) }
        let numeric = settled?.numeric ?? numeric
        let isKnown = !rows.isEmpty
        var widths = columns.indices.map { column in
            cells.reduce(settled?.widths[column] ?? head[column].width) { max($0, $1[column].width) }
        }
        if let width {
            let mayCut = columns.indices.map { column in rows.allSatisfy { $0[column].mayBeCut } }
            Self.fit(&widths, to: width, cutting: mayCut)
        }
        func line(_ fields: [Field]) -> String {
            var text = ""
            // Spaces are written when something follows them.
            var spaces = 0
            for (column, field) in fields.enumerated() {
                if column > 0 { spaces += 2 }
                let field = field.cut(to: widths[column])
                let rest = max(0, min(widths[column], Self.widest) - field.width)
                if numeric[column] { spaces += rest }
                if field.width > 0 {
                    text += String(repeating: " ", count: spaces) + field.text
                    spaces = 0
                }
                if !numeric[column] { spaces += rest }
            }
            while text.utf8.last == 32 { text.unicodeScalars.removeLast() }
            return text
        }
        let lines = cells.map(line)
        let isFirst = settled == nil
        settled = (isKnown ? numeric : settled?.numeric, widths)
        guard isFirst else { return lines }
        let title = line(head)
        return [isColored ? "\u{1B}[1m\(title)\u{1B}[0m" : title] + lines
    }

    /// To how many places fields are filled up: beyond that nobody sees that they stand below each other, and one long text
    /// would make every row as long.
    private static let widest = 1000

    /// The text of a cell, measured once: it may be millions of letters.
    private struct Field {
        let text: String
        let width: Int

        init(_ text: String) {
            self.text = text
            width = displayWidth(text)
        }

        func cut(to width: Int) -> Field { self.width > width ? Field(Questions.cut(text, to: width)) : self }
    }

    /// The table as several that fit a width uncut, each with the first column.
    public func parts(fitting width: Int?) -> [Table] {
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
