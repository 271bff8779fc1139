/// What the schema of a store is made of, compared with what the migrations make.
///
/// Nothing in a schema acts by itself on our connections: triggers are off, and functions with side effects cannot be called.
/// Who finds something else under one of our names can rely on nothing that is written there, so nothing is.
struct Schema {
    /// A table, index, view or trigger.
    struct Item: Equatable {
        let type: String
        let name: String
        /// The table that it belongs to.
        let table: String
        /// As it was made; what SQLite makes by itself has no text.
        let sql: String

        /// What it is called in sentences.
        var title: String { "\(type) \(name)" }
    }

    /// By type and name.
    let items: [ExactText: Item]
    /// The names of tables, indexes and views, which SQLite takes for equal whatever their case.
    private let names: Set<ExactText>

    private init(of connection: borrowing Connection) throws {
        let found = try connection.prepare(PackageResources.listSchema_sql).rows(as: Item.init)
        items = Dictionary(found.map { (ExactText($0.title), $0) }) { first, _ in first }
        names = Set(found.map { ExactText(Self.lowercased($0.name)) })
    }

    /// What the migrations make.
    private static let expected = Result {
        let fresh = try Connection(mode: .memory)
        try Migration.apply(to: fresh, path: "a new store")
        return try Schema(of: fresh)
    }

    /// How a schema differs from what the migrations make.
    struct Difference {
        /// What our names do not stand for any more, in sentences.
        var altered: [String] = []
        /// What is not there any more.
        var missing: [String] = []
        /// What is a person's own, or SQLite's, and disturbs nobody.
        var own: [String] = []
    }

    /// Holds the schema of a database of the present version against what the migrations make.
    static func difference(of connection: borrowing Connection) throws -> Difference {
        let expected = try expected.get()
        let found = try Schema(of: connection)
        var difference = Difference()
        for (key, item) in found.items.sorted(by: { $0.key < $1.key }) where expected.items[key] != item {
            if let refusal = expected.refusal(of: item, connection) {
                difference.altered.append(refusal)
            } else {
                difference.own.append(item.title)
            }
        }
        for (key, item) in expected.items.sorted(by: { $0.key < $1.key })
        where found.items[key] == nil && !found.names.contains(ExactText(lowercased(item.name))) {
            difference.missing.append(item.title)
        }
        return difference
    }

    /// Why something that the migrations do not make keeps Varve from writing; nil where it does not.
    private func refusal(of item: Item, _ connection: borrowing Connection) -> String? {
        if item.type == "trigger" { return "it has a trigger, \(item.name), on \(item.table)" }
        if names.contains(ExactText(Self.lowercased(item.name))) {
            return "\(item.title) is not what the migrations make"
        }
        // What is not unique by our rules could be left out or replaced by a rule of somebody else's.
        let isOnOurs = item.type == "index" && items[ExactText("table " + item.table)] != nil
        guard isOnOurs else { return nil }
        if Self.lowercased(item.sql).hasPrefix("create unique") {
            return "it has a unique index, \(item.name), on \(item.table)"
        }
        // Every row that is written would need what only the program that made the index has. This is compiled, not executed.
        guard let error = connection.failure(of: "REINDEX \"\(item.name.doubling("\""))\""), error.kind == .other else {
            return nil
        }
        return "its index \(item.name) on \(item.table) cannot be kept up to date: \(error.message)"
    }

    /// The tables that the migrations make.
    static func tables() throws -> [String] {
        try expected.get().items.values.filter { $0.type == "table" }.map(\.name).sorted()
    }

    /// Whether the migrations make a table of this name.
    static func isOurs(table: String) throws -> Bool { try expected.get().items[ExactText("table " + table)] != nil }

    /// Refuses to write to a store whose schema others have changed.
    ///
    /// - Throws: ``StoreError``; ``SQLiteError``.
    static func refuseAltered(_ connection: borrowing Connection, path: String) throws {
        guard let what = try difference(of: connection).altered.first else { return }
        throw StoreError.alteredSchema(path: path, what: what)
    }

    /// As SQLite compares names: ASCII letters alone.
    private static func lowercased(_ text: String) -> String {
        String(decoding: text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
    }
}
