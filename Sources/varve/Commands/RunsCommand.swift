import ArgumentParser
import Storage

/// Lists recorded runs.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List recorded runs, newest first.",
        discussion: """
            Examples:
              varve runs
              varve runs --limit 20
              varve runs --format json --with-variances
            """
    )

    @Option(help: ArgumentHelp("At most so many.", valueName: "n"))
    var limit: Int?

    @Flag(help: "Give the variances of each run's last recorded step too (JSON).")
    var withVariances = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        if let limit, limit < 0 { throw UsageError("--limit \(limit): give a number from 0") }
        let store = try common.openForReading()
        let details = try RunDetails(store)
        let columns = ["run", "experiment", "architecture", "seed", "status", "steps", "loss", "started", "uuid"]
        try common.output().list(columns) { rows in
            try store.forEachRun(limit: limit) { run in
                try rows.append(JSON(run: run, details, variances: withVariances), cells(run, details))
            }
        }
    }

    private func cells(_ run: Run, _ details: RunDetails) throws -> [Cell] {
        let loss = try details.lastMetrics(of: run.number).first { $0.key == "loss" }
        return [
            Cell(run.number), .text(run.experiment), Cell(run.architecture), Cell(run.seed), .text(run.status.rawValue),
            Cell(run.steps), loss.map { .real($0.value ?? .nan) } ?? .missing, .moment(run.started), .digest(run.uuid),
        ]
    }
}
