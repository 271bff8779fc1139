import ArgumentParser
import Glibc
import Questions
import Storage

/// Looks the store over.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration("check", PackageResources.check_txt)

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
                guard output.format != .table else { return try output.line(escaped(Hints.line(for: finding))) }
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
