import Analysis
import Testing

@testable import Questions
@testable import Storage

/// What `plot profile` draws.
@Suite struct ProfileTests {
    private let small: SmallStore
    private var store: Store { small.store }

    init() throws { small = try SmallStore() }

    @Test func `groups of other layers keep their own, and layers are the same by their long name`() throws {
        try small.record { $0.layers = [("conv1", "pooled", [1]), ("conv2", "pooled", [2])] }
        try small.record { run in
            run.architecture = "mlp"
            run.layers = [("fc1", "pooled", [3]), ("fc2", "pooled", [4])]
        }
        let groups = try Profile(in: store).picture.groups
        #expect(groups.map(\.layers) == [["conv1", "conv2"], ["fc1", "fc2"]])
        #expect(groups.map { $0.runs.map(\.values) } == [[[1, 2]], [[3, 4]]])
    }

    @Test func `a measure can be chosen, and a share is drawn on a linear axis`() throws {
        try small.record { $0.layers = [("a", LayerPlace.populationMean, [1]), ("a", "dead_share", [0.25])] }
        try small.record { run in
            run.architecture = "other"
            run.layers = [("a", LayerPlace.populationMean, [3])]
        }
        #expect(try Profile(in: store).picture.groups.map { $0.runs[0].values } == [[1], [3]])
        let dead = try Profile(measure: MeasureWord("dead"), in: store).picture
        #expect(dead.isLinear && dead.groups.map { $0.runs[0].values } == [[0.25]])
        #expect(throws: QuestionError.self) { try Profile(["other"], measure: MeasureWord("dead"), in: store) }
    }
}
