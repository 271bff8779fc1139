import ArgumentParser
import Glibc
import Questions
import Storage

/// Looks the store over.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "check",
        "Look the store over: structure, schema, references, digests, and what the runs' rows say.",
        """
        Every page is read, and all variances, metrics, weights and datasets are compared with their checksums and \
        digests; others may go on recording. A finding is damage where something recorded is lost or wrong, untidy \
        where something was only left over, as by a process that was killed, and unproven where runs came without \
        checksums; foreign is what is not Varve's, such as a table of your own, which is no fault. Runs that are \
        missing without having been purged are damage. What may be edited has no checksum: tags, experiments, and \
        which runs are deleted.

        With --repair, what can be put right without guessing is: runs whose process has died become killed, last \
        steps are set by the rows, indexes are built anew, and blobs that no tensor uses go away. For anything else \
        there is a backup.

        The status is 1 when damage is found that is not put right, or the store is too damaged to be opened.
        """,
        examples: """
            varve check
            varve check --repair
            varve check --format json
            """
    )

    @Flag(help: "Put right what can be without guessing.")
    var repair = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        Signals.catchInterruptions()
        var tally = CheckTally()
        let output = common.output()
        let columns: [Column] = [
            "kind", "topic", "run", "finding",
            Column(title: "mended") { .text($0["mended"] == .bool(true) ? "yes" : "no") },
        ]
        try output.list(columns.titles, showsEmpty: false) { rows in
            func report(_ finding: Finding) throws {
                tally.add(finding)
                // A line is never cut, as a cell may be.
                guard output.format != .table else { return try output.line(escaped(finding.line)) }
                try rows.append(finding.record, columns)
            }
            let path = common.storePath
            let check: StoreCheck
            do {
                check = try StoreCheck(path: path, isMending: repair, interruption: Signals.interruption)
            } catch let error as StoreError where [.damaged, .altered].contains(error.code) {
                let topic: Finding.Topic = error.code == .damaged ? .structure : .schema
                return try report(Finding(.damage, topic, error.description))
            }
            OpenStores.note(check.frozenFile)
            try check.execute(report)
            if output.format == .table { try output.line("\(escaped(path)): \(tally.verdict(check.counts))") }
        }
        guard !tally.isDamaged else { throw ExitCode(EXIT_FAILURE) }
    }
}
