public import Storage

/// The columns of a list of runs, each a field under a title.
public struct RunColumns: Sendable {
    public let titles: [String]
    private let fields: [RunField]

    /// What `varve runs` gives unless `--columns` says otherwise; for programs also the uuid.
    ///
    /// - Throws: `SQLiteError`.
    public static func usual(_ list: RunList, in store: Store, isForPeople: Bool) throws -> RunColumns {
        let columns = try list.usualFields(in: store).map { field in
            switch field {
            case .attribute(.number): ("run", field)
            case .metric(let key, .last): (key, field)
            default: (field.text, field)
            }
        }
        return RunColumns(columns + (isForPeople ? [] : [("uuid", .attribute(.uuid))]))
    }

    private init(_ columns: [(title: String, field: RunField)]) {
        titles = columns.map(\.title)
        fields = columns.map(\.field)
    }

    /// The columns that were asked for, by the keys that there are in a store.
    ///
    /// - Throws: ``QuestionError`` for a field that no run has; `SQLiteError`.
    public init(_ columns: [RunColumn], in store: Store) throws {
        let fields = try store.fields(of: columns)
        try RunList.check(fields.map(\.field), in: store)
        self.init(fields)
    }

    /// The row of a run.
    ///
    /// - Throws: `SQLiteError`.
    public func cells(of run: Run, _ store: Store) throws -> [Cell] {
        try fields.map { field in
            switch (field, try field.value(of: run, store)) {
            case (.attribute(.started), .integer(let value)), (.attribute(.ended), .integer(let value)):
                .minute(value)
            case (.attribute(.status), _): Cell(status: run)
            case (.attribute(.uuid), .string(let text)): .digest(text)
            case (.attribute(.duration), .integer(let value)): .duration(value)
            case (_, let value): Cell(value)
            }
        }
    }
}
