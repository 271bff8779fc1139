import ArgumentParser
import Questions
import Storage

/// Read-only SQL on the store.
struct SQLCommand: ParsableCommand {
    static let configuration = CommandConfiguration("sql", PackageResources.sql_txt)

    @Argument(help: "One SELECT statement.")
    var statement: String

    @Option(help: .value("seconds", "The longest time to take. (default: no limit)"))
    var timeout: Double?

    @OptionGroup var common: CommonOptions

    private static let memoryLimit: Int64 = 64 << 20

    func run() throws {
        if let timeout {
            guard timeout >= 0.001, timeout <= 31_536_000 else {
                throw UsageError("--timeout \(timeout): give seconds, from 0.001 to 31536000 (a year)")
            }
            Signals.end(after: timeout)
        }
        if Signals.isProcessOurs { Store.limitMemory(to: Self.memoryLimit) }
        let store = try common.openForSQL()
        let output = common.output()
        do {
            let columns = try store.columns(of: statement)
            try output.list(columns) { rows in
                try store.query(statement) { values in
                    try rows.append(
                        .object(zip(columns, values).map { JSON.Member($0, JSON($1)) }),
                        values.map { Cell($0) }
                    )
                }
            }
        } catch let error as SQLiteError {
            throw explained(error)
        }
    }

    /// What is the fault of the statement, told as that.
    private func explained(_ error: SQLiteError) -> any Error {
        switch error.kind {
        case .notAllowed, .other: return UsageError("\(error.message): \(statement)")
        case .tooLarge:
            let limits =
                "a value has at most \(byteCount(Store.valueLimit)), all of them \(byteCount(Self.memoryLimit))"
            return UsageError("\(error.message): \(limits): \(statement)")
        case .full:
            return CommandError(
                .inputOutput,
                "there is no room for SQLite's temporary files: SQLITE_TMPDIR names another folder for them"
            )
        default: return error
        }
    }
}
