import Glibc
import Questions
import Storage

/// Where results go: standard output, in the format asked for, in large writes.
///
/// Nothing is lost silently: a failed write throws ``OutputError``. ``finish()`` must come last.
final class Output {
    let format: OutputFormat
    /// Whether tables may use colours.
    let isColored: Bool
    /// Whether texts in CSV that a spreadsheet would take for formulas are marked as texts.
    let isCSVSafe: Bool
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private var bytes: [UInt8] = []

    init(format: OutputFormat, color: ColorChoice, isCSVSafe: Bool = false) {
        self.format = format
        self.isCSVSafe = isCSVSafe
        isColored =
            switch color {
            case .always: true
            case .never: false
            case .auto: isatty(STDOUT_FILENO) == 1 && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true)
            }
    }

    /// Whether a person reads it, and not a program.
    var isForPeople: Bool { format == .table || format == .markdown }

    func write(_ text: String) throws(OutputError) {
        bytes += text.utf8
        if bytes.count > 1 << 16 { try finish() }
    }

    /// Writes a sentence, or a line of CSV or JSON; in Markdown it begins no HTML.
    func line(_ text: String = "") throws(OutputError) {
        switch format {
        case .markdown: try write(markdownProse(text) + "\n")
        // A program gets what was recorded, a person's terminal nothing that it would obey.
        case .csv where isTerminal: try write(escaped(text) + "\n")
        default: try write(text + "\n")
        }
    }

    /// Writes a result that is one thing: as JSON, or as a table.
    func emit(_ json: @autoclosure () throws -> JSON, _ table: @autoclosure () throws -> Table) throws {
        if format == .json {
            try line(json().text)
        } else {
            try emit(table())
        }
        try finish()
    }

    /// Writes a table in one of the formats that are tables.
    func emit(_ table: Table) throws {
        var table = table
        try take(&table)
    }

    /// Writes tables one below the other.
    func emit(_ tables: [Table]) throws {
        for (index, table) in tables.enumerated() {
            if index > 0 { try line() }
            try emit(table)
        }
    }

    /// Writes a result that is one thing: its record as JSON, or as one row.
    func emit(_ record: Record, _ columns: [Column]) throws { try emit(record.json, Table(columns, [record])) }

    /// Writes a list: records as a JSON array, or a row for each.
    func emit(_ records: [some Recordable], _ columns: [Column]) throws {
        try list(columns.titles) { rows in
            for item in records { try rows.append(item.record, columns) }
        }
    }

    /// Writes sentences under a title: wrapped on a terminal, as a list in Markdown, whose lines would run together.
    func write(_ title: String?, _ sentences: [String]) throws {
        guard !sentences.isEmpty else { return }
        try line()
        if let title {
            try line(title)
            if format == .markdown { try line() }
        }
        for text in sentences { try sentence(format == .table ? text : "- " + text) }
    }

    /// Writes a sentence, wrapped on a terminal.
    func sentence(_ text: String) throws {
        let text = escaped(text)
        for part in format == .table ? wrapped(text, to: Output.textWidth) : [text] { try line(part) }
    }

    /// Writes the rows of a table that there are by now.
    fileprivate func take(_ table: inout Table) throws(OutputError) {
        guard format != .csv else {
            for line in table.takeCSV(isSafe: isCSVSafe) { try self.line(line) }
            return
        }
        let lines =
            format == .markdown ? table.takeMarkdown() : table.takeText(isColored: isColored, width: Self.width)
        for line in lines { try write(line + "\n") }
    }

    /// Writes a result that is many things of one kind: as a JSON array, or as rows.
    ///
    /// They are written as they come, so that any number of them takes no memory; those of tables in parts of some
    /// thousand, the first of which decides the widths.
    func list(_ columns: [String], showsEmpty: Bool = true, _ body: (inout Rows) throws -> Void) throws {
        var rows = Rows(columns, output: self)
        if format == .csv { try line(CSV.line(columns)) }
        try body(&rows)
        switch format {
        case .json where rows.isFeed: break
        case .json: try line(rows.count == 0 ? "[]" : "]")
        case .csv: break
        case .table, .markdown: if showsEmpty || rows.count > 0 { try take(&rows.table) }
        }
        try finish()
    }

    /// Writes everything that is still held.
    func finish() throws(OutputError) {
        defer { bytes.removeAll(keepingCapacity: true) }
        guard writeBytes(bytes, to: STDOUT_FILENO) else { throw OutputError(code: errno) }
    }

    /// How wide sentences are: as the terminal, and no wider than is easy to read.
    static var textWidth: Int { min(width ?? 100, 100) }

    /// The columns of the terminal; nil when standard output is none.
    static var width: Int? { terminalWidth(STDOUT_FILENO) }
}

/// A list in the making; see ``Output/list(_:_:)``.
struct Rows {
    fileprivate var table: Table
    fileprivate var count = 0
    /// How much the rows of the table take that are not yet written, in bytes.
    private var size = 0
    private let output: Output
    /// Whether more comes while others read: JSON is then an object a line.
    fileprivate var isFeed = false

    private static let sizeLimit = 4 << 20

    /// How long a command that follows waits before it looks again, in milliseconds: rows are committed that often.
    private static let pause: Int32 = 500

    fileprivate init(_ columns: [String], output: Output) {
        table = Table(columns)
        self.output = output
    }

    /// Adds what comes, and writes it at once, until nothing more can come or nobody reads it any more.
    ///
    /// - Parameter body: adds what is new, and says whether more may come.
    /// - Throws: ``OutputError``; what `body` throws.
    mutating func follow(_ body: (inout Rows) throws -> Bool) throws {
        isFeed = true
        while try body(&self) {
            if output.format != .json, output.format != .csv { try output.take(&table) }
            try output.finish()
            // Standard output is ready for nothing but the news that its reader is gone.
            var reader = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
            if poll(&reader, 1, Self.pause) > 0, reader.revents & Int16(POLLERR | POLLHUP) != 0 { return }
        }
    }

    /// Says that more comes while others read.
    mutating func beFeed() { isFeed = true }

    /// Adds one thing, in the form that is asked for.
    mutating func append(_ json: @autoclosure () throws -> JSON, _ cells: @autoclosure () throws -> [Cell]) throws {
        switch output.format {
        case .json where isFeed: try output.line(json().text)
        case .json: try output.write((count == 0 ? "[" : ",\n ") + json().text)
        case .csv: try output.line(CSV.line(cells().map { $0.field(isSafe: output.isCSVSafe) }))
        case .table, .markdown:
            let cells = try cells()
            table.rows.append(cells)
            size = cells.reduce(size) { $0 + $1.size }
            if size > Self.sizeLimit {
                try output.take(&table)
                size = 0
            }
        }
        count += 1
    }

    /// Adds one thing by its record.
    mutating func append(_ record: @autoclosure () throws -> Record, _ columns: [Column]) throws {
        let record = try record()
        try append(record.json, columns.cells(of: record))
    }
}
