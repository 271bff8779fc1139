import Foundation
import Synchronization

@testable import Storage

/// A folder that goes away with the test that made it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "varve-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
}

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
