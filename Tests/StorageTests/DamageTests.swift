import Foundation
import TestSupport
import Testing

@testable import Storage

/// Every column of every table changed, emptied and deleted: a look at the store finds it, or it is one that may be edited.
@Suite struct DamageTests {
    private let folder: TemporaryFolder
    private let path: String

    /// A store with a dataset, runs with weights, variances and metrics, tags, and a run that was purged.
    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("varve.db")
        let store = try Store(path: path, for: .writing)
        let dataset = try store.addDataset(
            name: "small",
            source: ["generator": "test"],
            features: 2,
            classes: 2,
            training: SplitContent(inputs: [1, 2, 3, 4], labels: [0, 1]),
            validation: SplitContent(inputs: [5, 6], labels: [1])
        )
        var recorder = try Recorder(store)
        for number in 1...4 {
            var new = NewRun()
            new.dataset = dataset.record.id
            new.architecture = "plain"
            new.seed = Int64(number)
            new.configuration = ["width": .integer(10)]
            new.environment = ["varve": "0"]
            new.params = [("width", .integer(10))]
            new.tags = [("kind", "test")]
            let run = try recorder.start(new, layers: twoLayers)
            for step in 0..<6 {
                try recorder.log(run, step: step, variances: [Float(step), 2])
                try recorder.log(run, step: step, metric: "loss", Double(step))
                if step == 5 { try recorder.log(run, step: step, metric: "val_loss", 1) }
            }
            var ending = RunEnding(.finished, steps: 6)
            let bytes = [UInt8](repeating: UInt8(number), count: 16)
            ending.finalTensors = [TensorRecord(name: "w", shape: [2, 2], dtype: "F32", bytes: bytes)]
            try recorder.finish(run, ending)
        }
        _ = try store.delete([3], isForced: true)
        _ = try store.purge()
        _ = try store.compact()
    }

    private func isFound(_ path: String) throws -> Bool {
        var isFound = false
        do {
            try StoreCheck(path: path, isMending: false).execute { isFound = isFound || $0.kind == .damage }
        } catch is StoreError {
            isFound = true
        }
        return isFound
    }

    /// What may be edited, or says nothing of what was recorded: when something was changed, where it may be found, and the
    /// process that worked on a run as far as it is no part of what was recorded of it.
    private static let editable: Set<String> = [
        "tags.*", "tag_removals.*", "edits.*", "experiment_tags.*", "experiments.*", "runs.experiment_id",
        "runs.lifecycle",
        "runs.updated", "runs.machine_id", "runs.pid_namespace", "purges.uuid", "purges.purged",
        "schema_migrations.applied", "schema_migrations.readable_since", "settings.*",
        // The row of the runs is compared with their numbers; the others are SQLite's.
        "sqlite_sequence.*",
    ]

    private struct Column {
        let table: String
        let name: String
        let isKey: Bool
    }

    private func columns() throws -> [Column] {
        let connection = try Connection(path: path, mode: .existing)
        return try connection.prepareOnly(
            """
            SELECT tables.name, columns.name, columns.pk > 0
            FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
            WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_stat%'
            """
        ).rows { (table: String, name: String, isKey: Bool) in Column(table: table, name: name, isKey: isKey) }
    }

    /// Changes the first row of a table, or its last one, in a copy of the store.
    ///
    /// - Returns: the copy; nil where there is no such row or the schema refuses the change.
    private func copy(_ change: String, of table: String, keys: [Column], isLast: Bool) throws -> String? {
        let copy = folder.file("copy.db")
        try? FileManager.default.removeItem(atPath: copy)
        for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy + ending) }
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        let names = keys.isEmpty ? "rowid" : keys.map(\.name).joined(separator: ", ")
        let order = (keys.isEmpty ? ["rowid"] : keys.map(\.name)).map { "\($0) \(isLast ? "DESC" : "ASC")" }
        let row = "(\(names)) = (SELECT \(names) FROM \(table) ORDER BY \(order.joined(separator: ", ")) LIMIT 1)"
        let changes = try? Self.change(copy, "\(change) \(change.contains("WHERE") ? "AND" : "WHERE") \(row)")
        return changes ?? 0 > 0 ? copy : nil
    }

    private static func change(_ path: String, _ sql: String) throws -> Int {
        let connection = try Connection(path: path, mode: .existing)
        try connection.execute("PRAGMA foreign_keys = OFF")
        try connection.execute(sql)
        return connection.changes
    }

    @Test func `whatever is changed in a table is found, but for what may be edited`() throws {
        #expect(try !isFound(path))
        var count = 0
        for (table, columns) in try Dictionary(grouping: columns(), by: \.table).sorted(by: { $0.key < $1.key }) {
            let keys = columns.filter(\.isKey)
            func expect(_ change: String, _ column: String) throws {
                for isLast in [false, true] {
                    guard let copy = try copy(change, of: table, keys: keys, isLast: isLast) else { continue }
                    count += 1
                    let isEditable = !Self.editable.isDisjoint(with: ["\(table).*", "\(table).\(column)"])
                    if !isEditable { #expect(try isFound(copy), "\(change), the \(isLast ? "last" : "first") row") }
                }
            }
            try expect("DELETE FROM \(table)", "")
            for column in columns {
                let name = column.name
                try expect("UPDATE \(table) SET \(name) = NULL WHERE \(name) IS NOT NULL", name)
                let other = """
                    CASE typeof(\(name)) WHEN 'text' THEN \(name) || 'x' WHEN 'blob' THEN randomblob(length(\(name)))
                        WHEN 'null' THEN 1 ELSE \(name) + 1 END
                    """
                try expect("UPDATE \(table) SET \(name) = \(other) ", name)
            }
        }
        #expect(count > 150)
    }

    @Test func `metrics of a key, rows of a step, checksums and runs that are gone are named`() throws {
        let changes = [
            ("DELETE FROM metrics WHERE key_id = 2", "its metrics no longer have their checksum"),
            ("DELETE FROM layer_variances WHERE step = 3", "its variances no longer have their checksum"),
            ("DELETE FROM layer_variances WHERE step IN (0, 5)", "its variances no longer have their checksum"),
            ("UPDATE runs SET variances_checksum = NULL", "the checksum of its variances is missing"),
            ("UPDATE runs SET metrics_checksum = NULL", "the checksum of its metrics is missing"),
            ("UPDATE runs SET run_checksum = NULL", "the checksum of its row, params and tensors is missing"),
            ("UPDATE datasets SET checksum = NULL", "the checksum of the row of dataset 'small' is missing"),
            ("DELETE FROM runs WHERE id = 2", "runs are missing that were never purged: 2"),
            ("UPDATE settings SET value = 6 WHERE key = 'purges_known_from'", "is said to be 6, but the last run is 4"),
            ("DELETE FROM purges", "runs are missing that were never purged: 3"),
            ("DELETE FROM runs; DELETE FROM purges", "runs are missing that were never purged: 1 to 4"),
            ("UPDATE sqlite_sequence SET seq = 9223372036854775807", "never purged: 5 to 9223372036854775807"),
            ("UPDATE runs SET started = -9223372036854775807", "the time at which it started lies outside"),
            ("UPDATE metrics SET timestamp = 9223372036854775807", "of its metrics have a time outside"),
        ]
        for (change, words) in changes {
            let copy = folder.file("copy.db")
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy + ending) }
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            _ = try Self.change(copy, change)
            var findings: [Finding] = []
            try StoreCheck(path: copy, isMending: false).execute { findings.append($0) }
            #expect(findings.contains { $0.kind == .damage && $0.message.contains(words) }, "\(change): \(findings)")
        }
    }

    @Test func `exported, merged, backed up and purged stores are sound`() throws {
        let store = try Store(path: path, for: .writing)
        let exported = folder.file("exported.db")
        _ = try store.export([1, 4], to: exported, isReplacing: false)
        #expect(try !isFound(exported))
        let merged = folder.file("merged.db")
        _ = try Store(path: merged, for: .writing).merge(Store(path: exported, for: .reading))
        #expect(try !isFound(merged))
        _ = try store.delete([4], isForced: true)
        _ = try store.purge()
        #expect(try !isFound(path))
        // What is given after a copy of some runs is judged again.
        let other = try Store(path: exported, for: .writing)
        var recorder = try Recorder(other)
        for _ in 0..<2 { try recorder.finish(recorder.start(NewRun(), layers: []), RunEnding(.finished)) }
        #expect(try !isFound(exported))
        _ = try Self.change(exported, "DELETE FROM runs WHERE id = 5")
        #expect(try isFound(exported))
    }
}
