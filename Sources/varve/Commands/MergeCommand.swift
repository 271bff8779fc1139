import ArgumentParser
import Glibc
import Questions
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

            Of a run that is here already what has come since is taken over; of its tags, of what was edited and of \
            whether it is deleted, the later change counts. A run that is here with other content is a conflict: it is \
            named and stays as it is here, and the status is 65 when the rest is in. A damaged store is not merged at \
            all.

            While a store is merged others can read this one but not write, about 5 seconds for ten million variances. \
            What has waited 30 seconds gives up; sweeps and logs wait ten minutes. Until it is done, what is new takes \
            its room twice.

            A line a store says how many runs were added, updated (more has come), labelled (only tags, edits or \
            deletion are later there), present (nothing is new), purged (purged here since) or in conflict. With \
            --verbose, and in JSON and CSV, there is a row for each run.

            Examples:
              varve merge node1.db node2.db
              varve --store all.db merge node1.db --format csv
            """
    )

    @Argument(help: ArgumentHelp("The stores to bring in.", valueName: "store"), completion: .file())
    var stores: [String]

    @Flag(help: "A row for each run in tables too.")
    var verbose = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        // All of them first: nothing is made for a name that is none.
        for path in stores { _ = try OpenStores.open(path, for: .reading) }
        let store = try common.openForWriting(contentOf: stores)
        Signals.catchInterruptions()
        let output = common.output()
        let listsRuns = verbose || !output.isForPeople
        var trouble: (any Error)?
        var hasConflicts = false
        func mergeAll(_ body: (String) throws -> MergeCount) throws {
            do {
                for path in stores {
                    let count = try body(path)
                    hasConflicts = hasConflicts || count.hasConflicts
                    let line = "\(escaped(path)): \(count)"
                    if listsRuns { common.notice(line) } else { try output.line(line) }
                }
            } catch let error where !(error is OutputError) {
                // What was merged before is told all the same.
                trouble = error
            }
        }
        if listsRuns {
            try output.list(Self.columns.titles, showsEmpty: false) { rows in
                try mergeAll { path in try merge(path, into: store) { run in try Self.append(run, of: path, to: &rows) }
                }
            }
        } else {
            try mergeAll { path in try merge(path, into: store) { _ in } }
            try output.finish()
        }
        try store.synchronize()
        if let trouble { throw trouble }
        if hasConflicts { throw ExitCode(CommandError.Status.badData.rawValue) }
    }

    private func merge(_ path: String, into store: Store, _ merged: (MergedRun) throws -> Void) throws -> MergeCount {
        var count = MergeCount()
        let renamed = try store.merge(OpenStores.open(path, for: .reading)) { run in
            count.add(run, of: path, in: store)
            try merged(run)
        }
        for dataset in renamed {
            common.notice(
                "dataset '\(escaped(dataset.name))' of \(escaped(path)) is '\(escaped(dataset.newName))' here: "
                    + "the name stood for other content"
            )
        }
        return count
    }

    private static let columns = [
        Column("store"), Column("source_run", title: "source run"), Column("run"), Column("uuid", as: .digest),
        Column("result"),
    ]

    private static func append(_ run: MergedRun, of path: String, to rows: inout Rows) throws {
        try rows.append(
            [
                "store": .string(path), "source_run": .integer(run.sourceNumber), "run": .integer(run.number),
                "uuid": .string(run.uuid), "result": .string(run.outcome.rawValue), "difference": JSON(run.difference),
            ],
            columns
        )
    }
}

/// What became of the runs of one source; conflicts are told as they come.
struct MergeCount: CustomStringConvertible {
    private var counts: [MergedRun.Outcome: Int] = [:]

    var hasConflicts: Bool { counts[.conflict] != nil }

    /// `3 added, 1 present`.
    var description: String {
        let parts = MergedRun.Outcome.allCases.compactMap { outcome in
            counts[outcome].map { "\($0) \(outcome == .conflict ? "in conflict" : outcome.rawValue)" }
        }
        return parts.isEmpty ? "no runs" : parts.joined(separator: ", ")
    }

    mutating func add(_ run: MergedRun, of source: String, in store: Store) {
        counts[run.outcome, default: 0] += 1
        guard let difference = run.difference else { return }
        let line = """
            varve: run \(run.sourceNumber) of \(source) and run \(run.number) of \(store.path) have the uuid \(run.uuid) \
            but differ in \(difference): run \(run.number) stays as it is
            """
        writeLine(escaped(line), to: STDERR_FILENO)
    }
}
