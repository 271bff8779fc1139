import Questions
import TestSupport
import Testing

@testable import Server
@testable import Storage

/// Runs on their way from a store to a server that collects them.
@Suite struct PushTests {
    private let folder: TemporaryFolder
    private let site: TestSite
    private let network: TestNetwork

    init() throws {
        folder = try TemporaryFolder()
        site = try TestSite()
        network = TestNetwork(to: site)
    }

    private var path: String { folder.file("node.db") }

    private func store() throws -> Store { try Store(path: path, for: .writing) }

    private let layers = ["a", "b"].enumerated().map {
        LayerPlace(name: $1, position: $0, measure: LayerPlace.populationMean)
    }

    private func log(_ recorder: inout Recorder, _ run: OpenRun, _ steps: Range<Int>) throws {
        for step in steps {
            try recorder.log(run, step: step, variances: [Float(step), step % 7 == 0 ? .nan : .infinity])
            try recorder.log(
                run,
                step: step,
                metric: "loss",
                step % 5 == 0 ? .nan : -Double(step),
                at: 1_700_000_000_000
            )
            if step % 1000 == 3 { try recorder.log(run, step: step, metric: "seldom", Double(step)) }
        }
        try recorder.flush()
    }

    /// Runs with a dataset, weights, tags and files of both kinds.
    private func fill(_ store: Store, runs: Int = 3) throws {
        let dataset = try store.addDataset(
            name: "small",
            source: ["generator": "test"],
            features: 1,
            classes: 2,
            training: SplitContent(inputs: [1], labels: [0]),
            validation: SplitContent(inputs: [2], labels: [1])
        ).record
        var recorder = try Recorder(store)
        for index in 0..<runs {
            var new = NewRun()
            new.dataset = dataset.id
            new.experiment = "of nodes"
            new.seed = Int64(index)
            new.params = [("width", .integer(Int64(index)))]
            new.tags = [("note", "kept")]
            let run = try recorder.start(new, layers: layers)
            try log(&recorder, run, 0..<20)
            var ending = RunEnding(.finished, steps: 20)
            ending.finalTensors = [
                TensorRecord(name: "w", shape: [4], dtype: "F32", bytes: [UInt8](repeating: UInt8(index), count: 16))
            ]
            try recorder.finish(run, ending)
            for (name, count) in [("small.txt", 10), ("large.bin", 3 << 20)] {
                let bytes = [UInt8](repeating: UInt8(index + 1), count: count)
                try store.putArtifact(.content(bytes, for: store.path), of: run.number, at: name)
            }
        }
    }

    private func expectSame() throws {
        #expect(try site.open().content() == store().content())
        #expect(try isSound(site.store))
    }

    @Test func `runs come once with all that belongs to them, and again nothing is sent`() async throws {
        try fill(store())
        #expect(try await push(path, over: network).outcomes == [.added, .added, .added])
        try expectSame()
        #expect(network.count("/api/v1/artifacts/") == 3)
        #expect(network.stores.map(\.rows["runs"]) == [3])
        let again = try await push(path, over: network)
        #expect(again.outcomes == [.present, .present, .present])
        #expect(network.stores.count == 1 && network.count("/api/v1/artifacts/") == 3)
        // What is in the store already does not come twice.
        try fill(store(), runs: 1)
        #expect(try await push(path, over: network).outcomes == [.present, .present, .present, .added])
        #expect(network.stores.last?.rows["dataset_splits"] == 0 && network.stores.last?.rows["blobs"] == 0)
        #expect(network.count("/api/v1/artifacts/") == 3)
        try expectSame()
    }

    @Test func `of a run that grew the new rows come, and one that went back comes whole`() async throws {
        let source = try store()
        var recorder = try Recorder(source)
        let run = try recorder.start(NewRun(), layers: layers)
        try log(&recorder, run, 0..<500)
        #expect(try await push(path, over: network).outcomes == [.added])
        try log(&recorder, run, 500..<510)
        try recorder.log(run, step: 509, metric: "loss", 3, at: 1_700_000_000_001)
        try recorder.flush()
        #expect(try await push(path, over: network).outcomes == [.updated])
        #expect(network.stores.last?.rows["layer_variances"] == 20)
        #expect(network.stores.last?.rows["metrics"] == 11)
        try expectSame()
        _ = try recorder.rewind(run, to: 100)
        try log(&recorder, run, 100..<120)
        #expect(try await push(path, over: network).outcomes == [.updated])
        try expectSame()
        try recorder.finish(run, RunEnding(.killed, steps: 120))
        #expect(try await push(path, over: network).outcomes == [.updated])
        #expect(network.stores.last?.rows["layer_variances"] == 0)
        try expectSame()
    }

    @Test func `a long run comes in parts, goes on where it was interrupted, and is a run that runs meanwhile`()
        async throws
    {
        let source = try store()
        var recorder = try Recorder(source)
        let run = try recorder.start(NewRun(), layers: layers)
        try log(&recorder, run, 0..<70_000)
        var ending = RunEnding(.finished, steps: 70_000)
        ending.finalTensors = [TensorRecord(name: "w", shape: [1], dtype: "F32", bytes: [1, 2, 3, 4])]
        try recorder.finish(run, ending)
        // The second part never arrives.
        let broken = TestNetwork(to: site) { path, number in path == "/api/v1/merge" && number > 1 ? .lost : nil }
        #expect(try await push(path, over: broken).error?.contains("lost") == true)
        let prefix = try site.open().run("1")
        #expect(prefix.status == .running || prefix.status == .killed)
        #expect((prefix.lastStep ?? 0) > 10_000 && (prefix.lastStep ?? 0) < 60_000)
        #expect(try isSound(site.store))
        let rest = try await push(path, over: network)
        #expect(rest.outcomes == [.updated] && rest.error == nil && rest.troubles.isEmpty)
        try expectSame()
        let sizes = (broken.stores.prefix(1) + network.stores).map {
            ($0.rows["layer_variances"] ?? 0) + ($0.rows["metrics"] ?? 0)
        }
        #expect(sizes.allSatisfy { $0 <= 65_536 })
        #expect(sizes.reduce(0, +) == 210_070)
        #expect(try await push(path, over: network).outcomes == [.present])
    }

    @Test func `an answer that is lost doubles nothing`() async throws {
        try fill(store())
        let broken = TestNetwork(to: site) { _, number in number == 1 ? .answerLost : nil }
        let pushed = try await push(path, over: broken)
        #expect(pushed.outcomes == [.present, .present, .present] && pushed.error == nil)
        try expectSame()
    }

    @Test func `a run in conflict is named, and holds up nothing else`() async throws {
        try fill(store())
        _ = try await push(path, over: network)
        let there = try site.open(.writing)
        try there.connection.execute("UPDATE layer_variances SET variance = 7.5 WHERE run_id = 2 AND step = 3")
        let sum = try RowChecksums(there).variances(of: 2)
        try there.connection.prepareOnly("UPDATE runs SET variances_checksum = ? WHERE id = 2").run(sum)
        try fill(store(), runs: 1)
        let pushed = try await push(path, over: network)
        #expect(pushed.outcomes.sorted { $0.rawValue < $1.rawValue } == [.added, .conflict, .present, .present])
        #expect(pushed.runs.first { $0.outcome == .conflict }?.difference == "their variances")
    }

    @Test func `what was deleted or purged on one side is so, and of tags the later change counts`() async throws {
        let source = try store()
        try fill(source)
        _ = try await push(path, over: network)
        let there = try site.open(.writing)
        _ = try there.delete([1, 2])
        try there.connection.execute("UPDATE runs SET updated = updated + 1000 WHERE id < 3")
        _ = try there.purge([2])
        try there.connection.execute("UPDATE purges SET purged = purged + 9000")
        try there.tag([3], with: [("note", "there"), ("theirs", "yes")])
        try source.tag([3], with: [("note", "here"), ("ours", "yes")])
        // Later than there, also where both happened in one millisecond.
        try source.connection.execute("UPDATE tags SET updated = updated + 500 WHERE value = 'here'")
        try source.connection.execute("UPDATE runs SET updated = updated + 500 WHERE id = 3")
        let pushed = try await push(path, over: network)
        #expect(pushed.outcomes.contains(.purged) && pushed.outcomes.contains(.labelled))
        #expect(try there.lifecycle(of: 1) == .deleted)
        #expect(try there.lifecycle(of: 2) == nil)
        let tags = try there.tags(of: 3).map { "\($0.key)=\($0.value)" }
        #expect(tags.count == 3 && tags.contains { $0.contains("here") }, "\(tags)")
        // It is said that a run stays deleted, each time, and that one is not deleted any more.
        #expect(pushed.runs.first { $0.number == 1 }?.deletion == .kept)
        #expect(try await push(path, over: network).tally.description == "2 present, 1 purged (1 stays deleted)")
        try source.tag([1], with: [("still", "used")])
        try source.connection.execute("UPDATE runs SET updated = updated + 5000 WHERE id = 1")
        let again = try await push(path, over: network)
        #expect(again.tally.description == "1 labelled, 1 present, 1 purged (1 no longer deleted)")
        #expect(try there.lifecycle(of: 1) == .active)
        // What is deleted on both sides is no news.
        _ = try source.delete([1])
        try source.connection.execute("UPDATE runs SET updated = updated + 9000 WHERE id = 1")
        #expect(try await push(path, over: network).tally.description.hasSuffix("(1 deleted since)"))
        #expect(try await push(path, over: network).tally.description == "2 present, 1 purged")
    }

    @Test func `damage on this side is named and sends nothing of that run`() async throws {
        let source = try store()
        try fill(source)
        try source.connection.execute("UPDATE layer_variances SET variance = 7.5 WHERE run_id = 2 AND step = 3")
        let pushed = try await push(path, over: network)
        #expect(pushed.outcomes == [.added, .added])
        #expect(
            pushed.troubles.count == 1 && pushed.troubles.allSatisfy { $0.hasPrefix("2: ") && $0.contains("checksum") }
        )
        #expect(try isSound(site.store))
    }

    @Test func `asked again, it passes over what has not changed`() async throws {
        try fill(store())
        let pushed = try await push(path, over: network, times: 3)
        #expect(pushed.outcomes == [.added, .added, .added])
        #expect(network.count("/api/v1/merge/known") == 2)
    }
}
