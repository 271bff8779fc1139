import ArgumentParser
import Storage

/// Brings the runs of other stores into this one.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Bring the runs of other stores into this one, each once.",
        discussion: """
            Runs are known by their uuids, so merging again changes nothing. Each comes with everything that belongs to \
            it and gets a new number, which is told. Datasets, weights, layers, environments and metrics' keys are found \
            again by their content, experiments by their name; a dataset whose name stands for other content here gets \
            another name, which is said.

            A run that is here already stays as it is, with the tags and the experiment it has been given since. One \
            that was merged while it ran is replaced once it has ended. A run that is here with other content is an \
            error, and nothing of its store is merged: a store is merged whole or not at all.

            While a store is merged others can read this one but not write, about 5 seconds for ten million variances. \
            What has waited 30 seconds gives up; sweeps and logs wait ten minutes. Until it is done, what is new takes \
            its room twice.

            The results are: added, replaced, present (it is here already) and running (it was merged while it ran, and \
            still runs).

            Examples:
              varve merge node1.db node2.db
              varve --store all.db merge node1.db --format csv
            """
    )

    @Argument(help: ArgumentHelp("The stores to bring in.", valueName: "store"), completion: .file())
    var stores: [String]

    @OptionGroup var common: CommonOptions

    func run() throws {
        // All of them first: nothing is made for a name that is none.
        for path in stores { _ = try OpenStores.open(path, for: .reading) }
        let store = try common.openForWriting(contentOf: stores)
        Signals.catchInterruptions()
        var trouble: (any Error)?
        try common.output().list(["store", "source run", "run", "uuid", "result"], showsEmpty: false) { rows in
            do {
                for path in stores { try merge(path, into: store, &rows) }
            } catch let error where !(error is OutputError) {
                // What was merged before is told all the same.
                trouble = error
            }
        }
        try store.synchronize()
        if let trouble { throw trouble }
    }

    private func merge(_ path: String, into store: Store, _ rows: inout Rows) throws {
        var counts: [MergedRun.Outcome: Int] = [:]
        let renamed = try store.merge(OpenStores.open(path, for: .reading)) { run in
            counts[run.outcome, default: 0] += 1
            try rows.append(
                [
                    "store": .string(path), "source_run": .integer(run.sourceNumber), "run": .integer(run.number),
                    "uuid": .string(run.uuid), "result": .string(run.outcome.rawValue),
                ],
                [
                    .text(path), Cell(run.sourceNumber), Cell(run.number), .digest(run.uuid),
                    .text(run.outcome.rawValue),
                ]
            )
        }
        for dataset in renamed {
            common.notice(
                "dataset '\(escaped(dataset.name))' of \(escaped(path)) is '\(escaped(dataset.newName))' here: "
                    + "the name stood for other content"
            )
        }
        let parts = [MergedRun.Outcome.added, .replaced, .present, .running].compactMap { outcome in
            counts[outcome].map { "\($0) \(outcome.rawValue)" }
        }
        common.notice("\(escaped(path)): \(parts.isEmpty ? "no runs" : parts.joined(separator: ", "))")
    }
}
