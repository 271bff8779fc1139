import ArgumentParser
import Glibc
import Questions
import Storage

/// Adds the runs of other stores to this one.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration("merge", PackageResources.merge_txt)

    @Argument(help: .value("store", "The stores to merge."), completion: .file())
    var stores: [String]

    @Flag(help: "A row for each run in tables too.")
    var verbose = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        // All of them first: nothing is made for a name that is none.
        for path in stores where stores.count == 1 || access(path, R_OK) != 0 {
            do { _ = try OpenStores.open(path, for: .reading) } catch { throw Hints.ofSource(error) }
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
        var conflicts = Complaints()
        try output.list(listsRuns ? columns.titles : [], showsEmpty: false) { rows in
            for path in stores {
                do {
                    let tally = try merge(path, into: store, &conflicts) { run in
                        if listsRuns { try rows.append(run.record(from: path), columns) }
                    }
                    hasConflicts = hasConflicts || tally.hasConflicts
                    let line = "\(escaped(path)): \(tally)"
                    if listsRuns { common.notice(line) } else { try output.line(line) }
                } catch let error where !(error is OutputError) {
                    // What was merged before is reported all the same, and the fault of one store is none of the others.
                    if let trouble { complain(Hints.line(for: trouble)) }
                    trouble = Hints.ofSource(error)
                    guard Store.isOfSource(error) else { return }
                }
            }
        }
        conflicts.finish("conflict")
        try store.synchronize()
        if let trouble { throw trouble }
        if hasConflicts { throw ExitCode(CommandError.Status.badData.rawValue) }
    }

    private func merge(
        _ path: String,
        into store: Store,
        _ conflicts: inout Complaints,
        _ merged: (MergedRun) throws -> Void
    ) throws -> MergeTally {
        var tally = MergeTally()
        let source = try OpenStores.open(path, for: .reading)
        common.noticeOfMetrics(source)
        let renamed = try store.merge(source) { run in
            tally.add(run)
            if let line = run.conflict(with: path, in: store) { conflicts.add(line) }
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
