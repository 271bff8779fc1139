import Foundation
import Synchronization

@testable import Storage

/// Something that has happened, for tasks that wait for each other.
final class Flag: Sendable {
    private let value = Atomic(false)

    var isRaised: Bool { value.load(ordering: .acquiring) }

    func raise() { value.store(true, ordering: .releasing) }

    /// Lets other tasks go on until it is raised.
    func wait() async {
        while !isRaised { await Task.yield() }
    }
}

/// The root of the package, where the folders of SQL lie.
let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// Places as a small network has them.
let twoLayers = [
    LayerPlace(name: "Input", shortName: "input", position: 0, measure: LayerPlace.populationMean, afterNorm: false),
    LayerPlace(name: "Output", shortName: "output", position: 1, measure: LayerPlace.populationMean, afterNorm: true),
]

/// The error of a store that something ends with; nil where it ends well.
func storeError(_ body: () throws -> Void) -> StoreError? {
    do { try body() } catch { return error as? StoreError }
    return nil
}

extension StoreCheck {
    /// What a look at a store finds.
    static func findings(in path: String, isMending: Bool = false) throws -> [Finding] {
        var findings: [Finding] = []
        try StoreCheck(path: path, isMending: isMending).execute { findings.append($0) }
        return findings
    }
}

extension Store {
    /// What a look at the store finds, in words.
    func damages() throws -> [String] { try StoreCheck.findings(in: path).map(\.message) }

    /// The rows of a statement.
    func rows(_ sql: String) throws -> [[SQLValue]] {
        let statement = try connection.prepareOnly(sql)
        var rows: [[SQLValue]] = []
        while try statement.step() { rows.append((0..<statement.columnCount).map { statement.value(at: $0) }) }
        return rows
    }

    /// The lines of a statement's plan.
    func plan(_ sql: [UInt8]) throws -> [String] {
        try connection.prepareOnly("EXPLAIN QUERY PLAN " + String(decoding: sql, as: UTF8.self))
            .rows { (_: Int64, _: Int64, _: Int64, detail: String) in detail }
    }
}
