import ArgumentParser
import Glibc
import Questions
import Storage

/// Looks the store over.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look the store over: structure, schema, references, digests, and what the runs' rows say.",
        discussion: """
            Every page is read, and all variances, metrics, weights and datasets are held against their checksums and \
            digests; others may go on recording. A finding is damage where something recorded is lost or wrong, untidy \
            where something was only left behind, as by a process that was killed, and unproven where runs came without \
            checksums; foreign is what is not Varve's, such as a table of your own, which is no fault. Runs that are \
            missing without having been purged are damage. What may be edited has no checksum: tags, experiments, and \
            which runs are deleted.

            With --repair, what can be put right without guessing is: runs whose process has died become killed, last \
            steps are set by the rows, indexes are built anew, and blobs that no tensor uses go away. For anything else \
            there is a backup.

            The status is 1 when damage is found that is not put right, or the store is too damaged to be opened.

            Examples:
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
        var found: [Finding.Kind: Int] = [:]
        var mended = 0
        let output = common.output()
        try output.list(Self.columns.titles, showsEmpty: false) { rows in
            func report(_ finding: Finding) throws {
                if finding.isMended { mended += 1 } else { found[finding.kind, default: 0] += 1 }
                // A line is never cut, as a cell may be.
                guard output.format != .table else { return try output.line(Self.line(finding)) }
                try rows.append(finding.record, Self.columns)
            }
            let check: StoreCheck
            do {
                check = try StoreCheck(
                    path: common.storePath,
                    isMending: repair,
                    interruption: Signals.interruption
                )
            } catch let error as StoreError where [.damaged, .altered].contains(error.code) {
                let topic: Finding.Topic = error.code == .damaged ? .structure : .schema
                return try report(Finding(.damage, topic, error.description))
            }
            OpenStores.note(check.frozenFile)
            try check.execute(report)
            guard output.format == .table else { return }
            try output.line(Self.summary(check.counts, found, mended, common.storePath))
        }
        guard found[.damage] == nil else { throw ExitCode(EXIT_FAILURE) }
    }

    private static func line(_ finding: Finding) -> String {
        let run = finding.run.map { "run \($0): " } ?? ""
        let kind = finding.isMended ? "mended" : finding.kind.rawValue
        return escaped("\(kind), \(finding.topic.rawValue): \(run)\(finding.message)")
    }

    private static let columns: [Column] = [
        Column("kind"), Column("topic"), Column("run"), Column("finding"),
        Column(title: "mended") { .text($0["mended"] == .bool(true) ? "yes" : "no") },
    ]

    private static func summary(
        _ counts: StoreCheck.Counts,
        _ found: [Finding.Kind: Int],
        _ mended: Int,
        _ path: String
    ) -> String {
        let content =
            "\(counts.runs) runs, \(counts.variances) variances, \(counts.datasets) datasets, \(counts.blobs) blobs"
        var parts: [String] = []
        if let count = found[.damage] { parts.append("\(count) damaged") }
        if let count = found[.untidy] { parts.append("\(count) untidy") }
        if mended > 0 { parts.append("\(mended) mended") }
        if parts.isEmpty { parts.append("sound") }
        if found[.unproven] != nil { parts.append("some runs unproven") }
        let verdict = parts.joined(separator: ", ")
        return "\(escaped(path)): \(verdict) (\(content))"
    }
}
