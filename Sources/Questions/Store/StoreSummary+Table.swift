public import Storage

extension StoreSummary {
    /// Key and value of all that is known; what was not counted is said for people, and empty for programs.
    public func table(isForPeople: Bool) -> Table {
        var table = Table(["key", "value"])
        table.append(.text("store"), .text(path))
        table.append(.text("size"), .bytes(bytes))
        table.append(.text("log"), .bytes(logBytes))
        table.append(.text("free"), .bytes(freeBytes))
        table.append(.text("schema"), .integer(schema))
        table.append(.text("sqlite"), .text(Store.sqliteVersion))
        if let oldest { table.append(.text("oldest run"), .moment(oldest)) }
        if let newest { table.append(.text("newest run"), .moment(newest)) }
        let many = isForPeople ? Cell.text("more than \(Self.quickRows)") : .missing
        for size in tables { table.append(.text("rows of \(size.name)"), size.rows.map { .integer($0) } ?? many) }
        for size in tables {
            if let bytes = size.bytes { table.append(.text("size of \(size.name)"), .bytes(bytes)) }
        }
        return table
    }
}
