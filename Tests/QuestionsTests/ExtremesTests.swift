import Analysis
import Foundation
import TestSupport
import Testing

@testable import Questions
@testable import Storage

/// A store may hold any number in any column: every question is answered or refused, and none ends the process.
@Suite struct ExtremesTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("varve.db") }

    init() throws {
        folder = try TemporaryFolder()
        let store = try Store(path: path, for: .writing)
        _ = try store.addDataset(
            name: "small",
            source: ["generator": "test"],
            features: 2,
            classes: 2,
            training: SplitContent(inputs: [1, 2, 3, 4], labels: [0, 1]),
            validation: SplitContent(inputs: [5, 6], labels: [1])
        )
        var recorder = try Recorder(store)
        let layers = (0..<4).map {
            LayerPlace(
                name: "layer \($0)",
                shortName: "l\($0)",
                position: $0,
                measure: "population_mean",
                afterNorm: false
            )
        }
        for number in 0..<8 {
            var new = NewRun()
            new.architecture = number < 4 ? "a" : "b"
            new.seed = Int64(number % 4)
            new.params = [("width", .integer(Int64(number)))]
            new.tags = [("kind", "test")]
            let run = try recorder.start(new, layers: layers)
            for step in 0..<4 {
                try recorder.log(run, step: step, variances: (0..<4).map { Float(1 + $0 + step + number) })
                try recorder.log(run, step: step, metric: "loss", Double(step + number))
            }
            try recorder.finish(run, RunEnding(.finished, steps: 4))
        }
    }

    /// Asks everything; what is refused with an error is as good as an answer.
    private func askAll(_ store: Store) {
        try? RunList().forEach(in: store) { run in
            _ = try RunAnswer(run, store, with: .measures).record.json.text
            _ = run.silence
        }
        for filter in [
            "duration > 5", "started < 5 AND seed > -1", "steps >= 0", "metrics.loss > 1", "max(metrics.loss) < 3",
        ] {
            var list = RunList()
            guard let parsed = try? Filter(parsing: filter) else { continue }
            list.filter = parsed
            try? list.forEach(in: store) { _ in }
        }
        for run in ["1", "8"] {
            _ = try? WholeRun(run, in: store).record.json.text
            _ = try? TrainingCurves(run, in: store).picture.svg()
            try? StepHistory(run, layer: "l0", measure: nil, limit: nil, in: store).forEachEntry(in: store) { _ in }
            try? StepHistory(run, metric: "loss", limit: nil, in: store).forEachEntry(in: store) { _ in }
        }
        _ = try? Difference("1", "2", in: store).sentences
        _ = try? Difference("1", "2", in: store).record.json.text
        for history in [try? History("l0", nil, in: store), try? History(metric: "loss", nil, in: store)] {
            _ = try? history?.entries(in: store).map { $0.record.json.text }
            _ = try? history?.picture(in: store).svg()
            for grouping in [RunGrouping.architecture, .param("width"), .day] {
                _ = try? history?.groups(by: grouping, in: store)
            }
        }
        if let comparison = try? Comparison(ComparisonQuestion(.words(["a", "b"])), in: store) {
            _ = comparison.record.json.text
            _ = comparison.picture.svg()
        }
        _ = try? Profile(in: store).picture.svg()
        _ = try? Curves("loss", in: store).picture.svg()
        _ = try? Curves("l0", in: store).picture.svg()
        _ = try? Scatter("width", "loss", in: store).picture.svg()
        _ = try? store.summary(isExact: true)
        _ = try? store.datasets().map { try store.content(of: $0) }
        _ = try? store.experiments(.active)
        try? StoreCheck(path: path, isMending: false).execute { _ in }
    }

    private func change(_ sql: String) throws {
        try Connection(path: path, mode: .existing).execute("PRAGMA foreign_keys = OFF; " + sql)
    }

    private static let values: [String: [String]] = [
        "INTEGER": ["-9223372036854775808", "9223372036854775807"],
        "REAL": ["9e999", "-1e308"],
        "TEXT": ["''"],
        "ANY": ["-9223372036854775808"],
    ]

    @Test func `numbers and texts at their limits are answered or refused`() throws {
        let store = try Store(path: path, for: .reading)
        let columns = try store.connection.prepareOnly(
            """
            SELECT tables.name, columns.name, columns.type
            FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
            WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_stat%'
            """
        ).rows { (table: String, name: String, type: String) in (table, name, type.isEmpty ? "INTEGER" : type) }
        #expect(columns.count > 80)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        var count = 0
        for (table, column, type) in columns {
            for value in Self.values[type] ?? [] {
                for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
                try whole.write(to: URL(fileURLWithPath: path))
                guard (try? change("UPDATE OR REPLACE \(table) SET \(column) = \(value)")) != nil else { continue }
                count += 1
                guard let store = try? Store(path: path, for: .reading) else { continue }
                askAll(store)
            }
        }
        #expect(count > 40)
    }
}
