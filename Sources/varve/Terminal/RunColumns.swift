import Questions
import Storage

/// The columns of a list of runs, each a field under a title.
struct RunColumns {
    let titles: [String]
    private let fields: [RunField]

    /// What `varve runs` gives unless `--columns` says otherwise; for people what fits on a terminal.
    static func standard(isForPeople: Bool) -> RunColumns {
        let columns: [(String, RunField)] = [
            ("run", .attribute(.number)), ("experiment", .attribute(.experiment)),
            ("architecture", .attribute(.architecture)), ("seed", .attribute(.seed)), ("status", .attribute(.status)),
            ("steps", .attribute(.steps)), ("loss", .metric("loss")), ("started", .attribute(.started)),
        ]
        return RunColumns(columns + (isForPeople ? [] : [("uuid", .attribute(.uuid))]))
    }

    private init(_ columns: [(title: String, field: RunField)]) {
        titles = columns.map(\.title)
        fields = columns.map(\.field)
    }

    /// The columns that were asked for, by the keys that there are in a store.
    init(_ columns: [RunColumn], in store: Store) throws {
        self.init(try store.fields(of: columns))
    }

    func cells(of run: Run, _ details: RunDetails) throws -> [Cell] {
        try fields.map { field in
            switch (field, try field.value(of: run, details)) {
            case (.attribute(.started), .integer(let value)), (.attribute(.ended), .integer(let value)):
                .minute(value)
            case (.attribute(.status), _): Cell(status: run)
            case (.attribute(.uuid), .string(let text)): .digest(text)
            case (_, let value): Cell(value)
            }
        }
    }
}
