import Questions
import Storage

/// One column of a table or of CSV: a title, and how the cell is made from a record.
struct Column: Sendable {
    let title: String
    let cell: @Sendable (Record) -> Cell

    /// The value of a key under the key's own name, or another title.
    init(_ key: String, title: String? = nil, as style: Style = .plain) {
        self.title = title ?? key
        cell = { style.cell($0[key]) }
    }

    /// A cell made of several values.
    init(title: String, _ cell: @escaping @Sendable (Record) -> Cell) {
        self.title = title
        self.cell = cell
    }

    /// What a value is, which decides how people read it.
    enum Style: Sendable {
        case plain, precise, moment, minute, digest, bytes

        fileprivate func cell(_ value: JSON) -> Cell {
            switch (self, value) {
            case (.moment, .integer(let value)): .moment(value)
            case (.minute, .integer(let value)): .minute(value)
            case (.bytes, .integer(let value)): .bytes(value)
            case (.digest, .string(let text)): .digest(text)
            case (.precise, .real(let value)): .precise(value)
            default: Cell(value)
            }
        }
    }
}

extension [Column] {
    /// Columns of keys under their own names.
    init(_ keys: [String]) { self = keys.map { Column($0) } }

    var titles: [String] { map(\.title) }

    func cells(of record: Record) -> [Cell] { map { $0.cell(record) } }
}

extension Cell {
    init(_ value: JSON) {
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
}

extension Output {
    /// Writes a result that is one thing: its record as JSON, or as one row.
    func emit(_ record: Record, _ columns: [Column]) throws {
        var table = Table(columns.titles)
        table.rows = [columns.cells(of: record)]
        try emit(record.json, table)
    }

    /// Writes a list: records as a JSON array, or a row for each.
    func emit(_ records: [some Recordable], _ columns: [Column]) throws {
        try list(columns.titles) { rows in
            for item in records { try rows.append(item.record, columns) }
        }
    }
}

extension Rows {
    /// Adds one thing.
    mutating func append(_ record: @autoclosure () throws -> Record, _ columns: [Column]) throws {
        let record = try record()
        try append(record.json, columns.cells(of: record))
    }
}
