import Foundation
import Storage
import Testing

@testable import varve

/// What every question answers in every format, as a whole, beside the files in `Expected`.
///
/// `VARVE_GOLDEN=write Scripts/test --filter GoldenTests` writes them anew: read what changed before it is committed.
@Suite struct GoldenTests {
    struct Question: CustomTestStringConvertible {
        let name: String
        let arguments: [String]
        var testDescription: String { name }

        init(_ name: String, _ arguments: String...) {
            self.name = name
            self.arguments = arguments
        }
    }

    static let questions = [
        // How long a run took is another number every time.
        Question("runs", "runs", "--columns", "run,name,architecture,seed,status,steps,metrics.loss,started"),
        Question("runs-columns", "runs", "seed = 1", "--columns", "run,metric.loss"),
        Question("show", "show", "5"), Question("info", "info"), Question("check", "check"),
        Question("sql", "sql", "SELECT run, layer, step, variance FROM variances WHERE run = 5"),
        Question("dataset", "dataset", "show", "tiny"), Question("dataset-list", "dataset", "list"),
        Question("experiment", "experiment", "list"), Question("weights", "weights", "list", "1"),
        Question("export", "export", "--to", "out"), Question("merge", "merge", "varve.db", "--store", "new.db"),
        Question("tag", "tag", "1", "2", "best=yes"), Question("delete", "delete", "seed = 1"),
        Question("verify", "verify", "--all"), Question("diff", "diff", "1", "3"),
        Question("compare", "compare", "plain", "batchnorm"), Question("history", "history", "residual2"),
        Question("history-groups", "history", "residual2", "--group-by", "architecture"),
        Question("history-run", "history", "residual2", "--run", "5"),
    ]

    /// Four runs that were executed and one with every kind of value, made once.
    private static let store = Result {
        let place = try Workplace()
        for arguments in [
            ["dataset", "generate", "--name", "tiny", "--num-samples", "100"],
            [
                "run", "plain", "batchnorm", "--dataset", "tiny", "--seeds", "0-1", "--blocks", "2", "--width", "6",
                "--batch-size", "20", "--steps", "2",
            ],
        ] {
            let outcome = try place.varve(arguments)
            try #require(outcome.status == 0, "\(outcome.error)")
        }
        try record(into: try Store(path: place.file("varve.db"), for: .writing))
        return try Data(contentsOf: URL(fileURLWithPath: place.file("varve.db")))
    }

    private static func record(into store: sending Store) throws {
        var recorder = try Recorder(store)
        var run = NewRun()
        run.experiment = "odd | names"
        run.name = "logged, \"quoted\""
        run.architecture = "résnet"
        run.seed = 7
        run.started = 1_700_000_000_000
        run.params = [("rate", .real(0.1)), ("width", .integer(50)), ("text", .text("007"))]
        run.tags = [("note", "two\nlines")]
        run.environment = .object([JSON.Member("varve", .string("0.1")), JSON.Member("processors", .integer(2))])
        let open = try recorder.start(
            run,
            layers: [
                LayerPlace(
                    name: "Input",
                    shortName: "input",
                    position: 0,
                    measure: LayerPlace.unknownMeasure,
                    afterNorm: false
                ),
                LayerPlace(
                    name: "residual <2>",
                    shortName: "residual2",
                    position: 1,
                    measure: LayerPlace.unknownMeasure,
                    afterNorm: true
                ),
            ]
        )
        for (step, value) in [(0, 1.5), (10, .nan), (20, .infinity)] {
            for layer in 0..<2 { try recorder.log(open, step: step, layer: layer, variance: value * Double(layer + 1)) }
            try recorder.log(open, step: step, metric: "loss", value, at: 1_700_000_000_000 + Int64(step))
        }
        var ending = RunEnding(.failed, steps: 21)
        ending.ended = 1_700_000_060_000
        try recorder.finish(open, ending)
    }

    @Test(arguments: questions, OutputFormat.allCases)
    func `every question answers as it did, in every format`(_ question: Question, _ format: OutputFormat) throws {
        let place = try Workplace()
        try Self.store.get().write(to: URL(fileURLWithPath: place.file("varve.db")))
        let uuids = try place.rows("SELECT uuid FROM runs ORDER BY id")
        let outcome = try place.varve(question.arguments + ["--format", format.rawValue])
        var text = outcome.output
        if !outcome.error.isEmpty { text += "\n--- standard error\n" + outcome.error }
        if outcome.status != 0 { text += "\n--- status \(outcome.status)\n" }
        let found = Self.masked(text, uuids)

        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Expected/\(question.name).\(format.rawValue)")
        if ProcessInfo.processInfo.environment["VARVE_GOLDEN"] == "write" {
            try Data(found.utf8).write(to: file)
            return
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(
            found == expected,
            "\(file.lastPathComponent), - expected, + found:\n\(Self.difference(expected, found))"
        )
    }

    /// What is another one each time: uuids, and moments of the runs that were executed.
    private static func masked(_ text: String, _ uuids: [String]) -> String {
        var text = text
        for (index, uuid) in uuids.enumerated() {
            let mask = uuid.map { $0.isHexDigit ? Character("\(index + 1)") : $0 }
            for count in [uuid.count, 12, 8] {
                text = text.replacing(uuid.prefix(count), with: String(mask.prefix(count)))
            }
        }
        text = text.replacing(Store.sqliteVersion, with: "3.0.0").replacing(Version.varve, with: "0.0.0")
        // Those of 2023 are given.
        text = text.replacing(#/\b1(7[1-9]|[89]\d)\d{10}\b/#.wordBoundaryKind(.simple), with: "1800000000000")
        return text.replacing(#/\b20(2[4-9]|[3-9]\d)-\d\d-\d\d \d\d:\d\d(:\d\d)?Z/#.wordBoundaryKind(.simple)) {
            moment in
            moment.output.2 == nil ? "2030-01-01 00:00Z" : "2030-01-01 00:00:00Z"
        }
    }

    private static func difference(_ expected: String, _ found: String) -> String {
        let lines = [found, expected].map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
        return lines[0].difference(from: lines[1]).map { change in
            switch change {
            case .remove(let offset, let line, _): (offset, "- \(line)")
            case .insert(let offset, let line, _): (offset, "+ \(line)")
            }
        }.sorted { $0.0 < $1.0 }.map(\.1).joined(separator: "\n")
    }
}
