import Storage

/// One column of a table or of CSV: a title, and how the cell is made from a record.
public struct Column: Sendable, ExpressibleByStringLiteral {
    public let title: String
    public let cell: @Sendable (Record) -> Cell

    /// The value of a key under the key's own name, or another title.
    public init(_ key: String, title: String? = nil, as style: Style = .plain) {
        self.title = title ?? key
        cell = { style.cell($0[key]) }
    }

    /// A cell made of several values.
    public init(title: String, _ cell: @escaping @Sendable (Record) -> Cell) {
        self.title = title
        self.cell = cell
    }

    /// The value of a key under its own name.
    public init(stringLiteral key: String) { self.init(key) }

    /// What a value is, which decides how people read it.
    public enum Style: Sendable {
        case plain, precise, moment, minute, digest, bytes
        /// A sentence whose digests are as short as in tables.
        case prose

        fileprivate func cell(_ value: JSON) -> Cell {
            switch (self, value) {
            case (.moment, .integer(let value)): .moment(value)
            case (.minute, .integer(let value)): .minute(value)
            case (.bytes, .integer(let value)): .bytes(value)
            case (.digest, .string(let text)): .digest(text)
            case (.precise, .real(let value)): .precise(value)
            case (.prose, .string(let text)): .text(withShortDigests(text))
            default: Cell(value)
            }
        }
    }
}

extension [Column] {
    /// Columns of keys under their own names.
    public init(_ keys: [String]) { self = keys.map { Column($0) } }

    /// The titles, in order.
    public var titles: [String] { map(\.title) }

    /// The row of a record.
    public func cells(of record: Record) -> [Cell] { map { $0.cell(record) } }
}
