import Questions
import Storage

/// The list of runs as a file, with the columns that the page shows.
enum RunsDownload {
    /// Rows that a file has at most: it is made in memory.
    private static let mostRows = 100_000

    /// CSV with a line of titles.
    ///
    /// - Throws: as the list of runs does.
    static func csv(_ query: PageQuery, in store: Store) throws -> String {
        var list = RunList()
        if let filter = query["filter"] { list.filter = try Filter(parsing: filter) }
        if let sort = query["sort"] { list.order = try RunOrder.list(parsing: sort) }
        list.lifecycle = query["deleted"] == nil ? .active : .deleted
        list.limit = mostRows
        try RunList.check(list.order.map(\.field), in: store)
        let fields: [RunField]
        if let words = query["columns"] {
            fields = try store.fields(of: RunColumn.list(parsing: words)).map(\.field)
            try RunList.check(fields, in: store)
        } else {
            fields = try list.usualFields(in: store) + [.attribute(.uuid)]
        }
        var text = CSV.line(fields.map(\.text)) + "\n"
        try list.forEach(in: store) { run in
            var values = RowValues(run, store)
            text += CSV.line(try fields.map { CSV.field(try values.value(of: $0)) }) + "\n"
        }
        return text
    }
}
