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
            if output.format == .json {
                try writeJSON(store, to: output)
            } else {
                var table = Table([])
                try store.query(statement) {
                    table = Table($0)
                } row: {
                    table.rows.append($0.map { Cell($0) })
                }
                try output.emit(table)
            }
        } catch let error as SQLiteError where error.kind == .notAllowed || error.kind == .other {
            throw UsageError("\(error.message): \(statement)")
        }
        try output.finish()
    }

    private func writeJSON(_ store: Store, to output: Output) throws {
        var names: [String] = []
        var separator = "["
        try store.query(statement) {
            names = $0
        } row: { values in
            let members = zip(names, values).map { JSON.Member($0, JSON($1)) }
            try output.write(separator + JSON.object(members).text)
            separator = ",\n "
        }
        try output.line(separator == "[" ? "[]" : "]")
    }
}
