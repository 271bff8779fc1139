public import Storage

/// The columns of a list of runs, each a field under a title.
public struct RunColumns: Sendable {
    public let titles: [String]
    private let fields: [RunField]
    /// Whether a greatest or least value says at which step it was.
    private let saysSteps: Bool

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
        return RunColumns(columns + (isForPeople ? [] : [("uuid", .attribute(.uuid))]), saysSteps: isForPeople)
    }

    private init(_ columns: [(title: String, field: RunField)], saysSteps: Bool) {
        self.saysSteps = saysSteps
        titles = columns.map(\.title)
        fields = columns.map(\.field)
    }

    /// The columns that were asked for, by the keys that there are in a store.
    ///
    /// - Throws: ``QuestionError`` for a field that no run has; `SQLiteError`.
    public init(_ columns: [RunColumn], in store: Store, isForPeople: Bool) throws {
        let fields = try store.fields(of: columns)
        try RunList.check(fields.map(\.field), in: store)
        self.init(fields, saysSteps: isForPeople)
    }

    /// The row of a run.
    ///
    /// - Throws: `SQLiteError`.
    public func cells(of run: Run, _ store: Store) throws -> [Cell] {
        try fields.map { field in
            switch (field, try field.value(of: run, store)) {
            case (.metric(let key, let which), .real(let value)) where saysSteps:
                try Self.step(of: which).flatMap { step -> Cell? in
                    guard case .integer(let step) = try RunField.metric(key, step).value(of: run, store) else {
                        return nil
                    }
                    return .noted(rounded(value), "step \(step)")
                } ?? .real(value)
            case (.attribute(.started), .integer(let value)), (.attribute(.ended), .integer(let value)):
                .minute(value)
            case (.attribute(.status), _): Cell(status: run)
            case (.attribute(.uuid), .string(let text)): .digest(text)
            case (.attribute(.duration), .integer(let value)): .duration(value)
            case (_, let value): Cell(value)
            }
        }
    }

    private static func step(of value: RunField.MetricValue) -> RunField.MetricValue? {
        switch value {
        case .greatest: .greatestStep
        case .least: .leastStep
        case .last, .greatestStep, .leastStep: nil
        }
    }
}
