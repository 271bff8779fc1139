import ArgumentParser
import Storage

/// Read-only SQL on the store.
struct SQLCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql",
        abstract: "Ask the store in SQL; nothing can be changed.",
        discussion: """
            The views are made for this: variances, run_metrics, run_params.

            Examples:
              varve sql 'SELECT layer, variance FROM variances WHERE run = 1'
              varve sql --format csv 'SELECT architecture, avg(variance) FROM variances GROUP BY architecture'
            """
    )

    @Argument(help: "One SELECT statement.")
    var statement: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let store = try common.openForReading()
        try store.restrictToReading()
        let output = common.output()
        do {
            let columns = Self.unique(try store.columns(of: statement))
            try output.list(columns) { rows in
                try store.query(statement) { values in
                    try rows.append(
                        .object(zip(columns, values).map { JSON.Member($0, JSON($1)) }),
                        values.map { Cell($0) }
                    )
                }
            }
        } catch let error as SQLiteError where error.kind == .notAllowed || error.kind == .other {
            throw UsageError("\(error.message): \(statement)")
        }
    }

    /// The names with a number behind those that came before, as the sqlite3 shell does it: a, a:1, a:2.
    private static func unique(_ names: [String]) -> [String] {
        var taken: Set<String> = []
        return names.map { name in
            var unique = name
            var number = 0
            while !taken.insert(unique).inserted {
                number += 1
                unique = "\(name):\(number)"
            }
            return unique
        }
    }
}
