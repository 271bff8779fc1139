import TestSupport
import Testing

@testable import Storage

/// A caller that is no command line: a server, which answers with a status and words of its own.
@Suite struct StoreErrorTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    /// Made of the facts alone; the store's path is nobody's business.
    private func answer(_ error: StoreError) -> String {
        switch error {
        case .noStore: "503 not ready"
        case .noRun(let word, _): "404 no run \(word)"
        case .ambiguousRun(let word, let runs): "409 \(word) may be \(runs)"
        case .noExperiment(let name, _): "404 no experiment \(name)"
        case .experimentExists(let name): "409 \(name)"
        case .badKey(let key, let kind, .reserved): "422 \(kind) \(key)"
        case .runEnded(let number): "410 run \(number)"
        case .stepOutOfRange(let step): "422 step \(step)"
        case .wrongCount(_, _, let variances, let layers): "422 \(variances) for \(layers)"
        default: "500"
        }
    }

    private func answer(to ask: () throws -> Void) -> String? {
        let error = #expect(throws: StoreError.self, performing: ask)
        return error.map(answer)
    }

    @Test func `another caller answers with words of its own, from the values of the fact`() throws {
        let missing = folder.file("none.db")
        #expect(answer(to: { _ = try Store(path: missing, for: .reading) }) == "503 not ready")
        #expect(answer(to: { _ = try store.run("12") }) == "404 no run 12")
        #expect(answer(to: { _ = try store.createExperiment(named: "Default") }) == "409 Default")
        #expect(answer(to: { _ = try store.deleteExperiment("depth") }) == "404 no experiment depth")

        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        #expect(answer(to: { try recorder.log(run, step: .max, variances: [1, 2]) }) == "422 step \(Int.max)")
        #expect(answer(to: { try recorder.log(run, step: 0, variances: [1]) }) == "422 1 for 2")
        #expect(answer(to: { _ = try store.tag([run.number], with: [("varve.x", "y")]) }) == "422 tag varve.x")
        try recorder.finish(run, RunEnding(.finished))
        #expect(answer(to: { try recorder.log(run, step: 0, variances: [1, 2]) }) == "410 run 1")
    }

    @Test func `a fact says nothing of commands and options`() throws {
        let errors: [StoreError] = [
            .emptyPath, .noStore(path: "p"), .olderSchema(path: "p"), .exists(path: "p"),
            .noRun(word: "9", path: "p"), .ambiguousRun(word: "ab", runs: [1, 2]), .runIsDeleted(number: 1),
            .emptyDatasetName, .noDataset(name: "d", path: "p"), .noWeights(run: 1, stage: "final"),
            .experimentIsDeleted(name: "e"), .damagedSource(name: "s", what: "w"),
            .notMLflow(path: "p", reason: .isVarve),
        ]
        for error in errors {
            #expect(!error.description.contains("`") && !error.description.contains("--"), "\(error)")
        }
    }
}
