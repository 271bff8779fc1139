import Foundation
import TestSupport
import Testing

@testable import Storage

/// Stores as versions of MLflow write them; Fixtures/make_mlflow.py makes them.
@Suite struct MLflowVersionsTests {
    private static let versions = ["1.30", "2.9", "3.11", "3.17"]

    private func imported(_ version: String, in folder: TemporaryFolder) throws -> (Store, MLflowFindings) {
        let name = "mlflow-\(version)"
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "db", subdirectory: "Fixtures"))
        try FileManager.default.copyItem(atPath: url.path, toPath: folder.file("mlflow.db"))
        let store = try Store(path: folder.file("varve.db"), for: .writing)
        return (store, try again(store, folder) { #expect($0.outcome == .added) })
    }

    private func again(_ store: Store, _ folder: TemporaryFolder, _ merged: (MergedRun) -> Void) throws
        -> MLflowFindings
    {
        var options = MLflowOptions()
        options.pattern = LayerPattern("{layer}.variance")
        options.seedParam = "seed"
        options.architectureParam = "norm"
        return try store.importMLflow(folder.file("mlflow.db"), options, merged: merged)
    }

    @Test(arguments: versions)
    func `a store of each version is taken over whole, and taking it over again changes nothing`(_ version: String)
        throws
    {
        let folder = try TemporaryFolder()
        let (store, findings) = try imported(version, in: folder)
        #expect(findings == MLflowFindings(layers: ["layer1", "layer2", "layer10"], signed: [], leftOut: []))
        var count = 0
        _ = try again(store, folder) {
            #expect($0.outcome == .present)
            count += 1
        }
        #expect(count == 5)
        let experiments = try (store.experiments() + store.experiments(.deleted)).map {
            "\($0.name) \($0.lifecycle.rawValue)"
        }
        #expect(experiments == ["Default active", "depth active", "gone deleted"])
        #expect(try StoreCheck.findings(in: store.path).filter { $0.kind == .damage } == [])
    }

    @Test(arguments: versions)
    func `runs keep their params, tags, status, times and values`(_ version: String) throws {
        let folder = try TemporaryFolder()
        let (store, _) = try imported(version, in: folder)
        let run = try store.run("first")
        #expect([run.architecture, run.experiment, run.status.rawValue] == ["batch", "depth", "finished"])
        #expect([run.seed, run.started, run.ended, run.steps, run.lastStep] == [3, 5000, 9000, 4, 2])
        #expect(
            try store.params(of: run.number) == [
                Entry(key: "lr", value: .text("0.10")), Entry(key: "norm", value: .text("batch")),
                Entry(key: "seed", value: .text("3")),
            ]
        )
        let tags = try store.tags(of: run.number).filter { ["note", "who"].contains($0.key) }
        #expect(tags == [Entry(key: "note", value: .text("a note")), Entry(key: "who", value: .text("me"))])
        #expect(try store.measures(of: run).map(\.variance) == [2.25, 4.5, 9])
        let loss = try store.points(ofMetric: "loss", in: run.number)
        #expect(loss.map(\.step) == [-1, 0, 1, 1, 2, 3])
        #expect(loss.map { "\($0.value)" } == ["-inf", "2.5", "2.25", "2.0", "nan", "inf"])
        #expect(try store.points(ofMetric: "val/accuracy", in: run.number).map(\.value) == [0.5])
        var others: [String] = []
        try store.forEachRun(by: [RunOrder(.attribute(.started))]) { others.append($0.status.rawValue) }
        // One was left running, years ago.
        #expect(others == ["finished", "failed", "killed", "killed"])
        #expect(try store.runNumbers(matching: .all, lifecycle: .deleted).count == 1)
    }
}
