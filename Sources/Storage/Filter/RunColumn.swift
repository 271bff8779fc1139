/// A column that a list of runs is asked for.
public enum RunColumn: Sendable, Equatable {
    /// A field, with the words that it was given as.
    case field(RunField, title: String)
    /// Every param that a run has: `params.*`.
    case params
    /// The last value of every metric that a run has: `metrics.*`.
    case metrics
    /// Every attribute, param, metric and tag: `all`.
    case all

    /// Reads columns with commas between them: `number, params.*, max(metrics.val_accuracy)`.
    ///
    /// - Throws: ``FilterError`` that points at the first place which cannot be read.
    public static func list(parsing text: String) throws(FilterError) -> [RunColumn] {
        var parser = try FilterParser(text)
        var columns: [RunColumn] = []
        repeat { columns.append(try column(&parser)) } while parser.take(symbol: ",")
        guard parser.token.kind == .end else { throw parser.unexpected("a comma or the end") }
        return columns
    }

    private static func column(_ parser: inout FilterParser) throws(FilterError) -> RunColumn {
        if parser.take("ALL") { return .all }
        if parser.take(allOf: .param("")) { return .params }
        if parser.take(allOf: .metric("")) { return .metrics }
        let start = parser.token
        return .field(try parser.field(), title: parser.text(from: start))
    }
}

extension Store {
    /// The fields that columns name, by the keys that there are in the store.
    ///
    /// - Throws: ``SQLiteError``.
    public func fields(of columns: [RunColumn]) throws -> [(title: String, field: RunField)] {
        var fields: [(title: String, field: RunField)] = []
        func add(_ kind: RecordedName, _ prefix: String, _ field: (String) -> RunField) throws {
            for key in try names(of: kind) { fields.append((prefix + FilterText.key(key), field(key))) }
        }
        for column in columns {
            if column == .all {
                fields += RunField.Attribute.allCases.map { ($0.rawValue, .attribute($0)) }
            }
            if case .field(let field, let title) = column { fields.append((title, field)) }
            if column == .params || column == .all { try add(.param, "params.") { .param($0) } }
            if column == .metrics || column == .all { try add(.metric, "metrics.") { .metric($0) } }
            if column == .all { try add(.tag, "tags.") { .tag($0) } }
        }
        return fields
    }
}
