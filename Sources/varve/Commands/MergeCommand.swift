import ArgumentParser
import Glibc
import Questions
import Storage

/// Adds the runs of other stores to this one.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "merge",
        "Add the runs of other stores to this one, each once.",
        """
        Runs are known by their uuids, so merging again changes nothing. Each comes with everything that belongs to \
        it and gets a new number, which is reported. Datasets, weights, layers, environments and metrics' keys are found \
        again by their content, experiments by their name; a dataset whose name is that of other content here gets \
        another name, which is said.

        Of a run that is here already what has come since is taken over; of its tags, of what was edited and of \
        whether it is deleted, the later change counts. A run that is here with other content is a conflict: it is \
        named and stays as it is here, and the status is 65 when the rest is in. A damaged store is not merged at \
        all, and does not hold up the others.

        While a store is merged others can read this one but not write, about 5 seconds for ten million variances. \
        What has waited 30 seconds gives up; sweeps and logs wait ten minutes. Until it is done, what is new takes \
        its room twice.

        A line a store says how many runs were added, updated (more has come), labelled (only tags, edits or \
        deletion are later there), present (nothing is new), purged (purged here since) or in conflict. With \
        --verbose, and in JSON and CSV, there is a row for each run.
        """,
        examples: """
            varve merge node1.db node2.db
            varve --store all.db merge node1.db --format csv
            """
    )

    @Argument(help: .value("store", "The stores to merge."), completion: .file())
    var stores: [String]

    @Flag(help: "A row for each run in tables too.")
    var verbose = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        // All of them first: nothing is made for a name that is none.
        for path in stores where stores.count == 1 || access(path, R_OK) != 0 {
            _ = try OpenStores.open(path, for: .reading)
        }
        let store = try common.openForWriting(contentOf: stores)
        Signals.catchInterruptions()
        let output = common.output()
        let listsRuns = verbose || !output.isForPeople
        let columns: [Column] = [
            "store", Column("source_run", title: "source run"), "run", Column("uuid", as: .digest), "result",
        ]
        var trouble: (any Error)?
        var hasConflicts = false
        try output.list(listsRuns ? columns.titles : [], showsEmpty: false) { rows in
            for path in stores {
                do {
                    let tally = try merge(path, into: store) { run in
                        if listsRuns { try rows.append(run.record(from: path), columns) }
                    }
                    hasConflicts = hasConflicts || tally.hasConflicts
                    let line = "\(escaped(path)): \(tally)"
                    if listsRuns { common.notice(line) } else { try output.line(line) }
                } catch let error where !(error is OutputError) {
                    // What was merged before is reported all the same, and the fault of one store is none of the others.
                    if let trouble { complain(Hints.line(for: trouble)) }
                    trouble = error
                    guard Self.isOfSource(error) else { return }
                }
            }
        }
        try store.synchronize()
        if let trouble { throw trouble }
        if hasConflicts { throw ExitCode(CommandError.Status.badData.rawValue) }
    }

    /// Whether an error is the fault of the store that was to be merged, so that others may be merged all the same.
    private static func isOfSource(_ error: any Error) -> Bool {
        switch error {
        case let error as StoreError:
            [.invalid, .damaged, .altered, .newer, .missing, .unreadable].contains(error.code)
        case let error as SQLiteError: [.damaged, .unexpectedType, .constraint].contains(error.kind)
        default: false
        }
    }

    private func merge(_ path: String, into store: Store, _ merged: (MergedRun) throws -> Void) throws -> MergeTally {
        var tally = MergeTally()
        let renamed = try store.merge(OpenStores.open(path, for: .reading)) { run in
            tally.add(run)
            run.complainOfConflict(with: path, in: store)
            try merged(run)
        }
        for dataset in renamed {
            common.notice(
                "dataset '\(dataset.name)' of \(path) is '\(dataset.newName)' here: its name is that of other content"
            )
        }
        return tally
    }
}

extension MergedRun {
    /// Names a conflict as it comes.
    func complainOfConflict(with source: String, in store: Store) {
        guard let difference else { return }
        complain(
            """
            run \(sourceNumber) of \(source) and run \(number) of \(store.path) have the uuid \(uuid) but differ in \
            \(difference): run \(number) stays as it is
            """
        )
    }
}
