import Analysis
import Testing

@testable import Questions
@testable import Storage

/// What `plot training`, `plot curves` and `plot scatter` draw.
@Suite struct CurvesTests {
    private let small: SmallStore
    private var store: Store { small.store }

    init() throws { small = try SmallStore() }

    @Test func `a run of any program is drawn with all its metrics, or its layers, whichever it has`() throws {
        let metrics = try small.record { run in
            run.metrics = [("train/acc", [(0, 0.1), (5, 0.2)]), ("lr now", [(0, 1)])]
        }
        let layers = try small.record { run in run.layers = [("conv1", "pooled", [1, 2])] }
        let nothing = try small.record { _ in }
        let picture = try TrainingCurves("\(metrics)", in: store).picture
        #expect(picture.layers.isEmpty && picture.metrics.map(\.name) == ["train/acc", "lr now"])
        #expect(picture.metrics[0].points == [Series.Point(x: 0, y: 0.1), Series.Point(x: 5, y: 0.2)])
        #expect(try TrainingCurves("\(layers)", in: store).picture.layers.map(\.points.count) == [2])
        #expect(throws: QuestionError.nothingOfRun(run: nothing)) { try TrainingCurves("\(nothing)", in: store) }
    }

    @Test func `of several measures the variance is drawn, or the one that is asked for`() throws {
        let run = try small.record { run in
            run.layers = [("a", LayerPlace.populationMean, [1]), ("a", "dead_share", [0.5])]
        }
        #expect(try TrainingCurves("\(run)", in: store).picture.layers.map(\.points[0].y) == [1])
        let dead = try TrainingCurves("\(run)", measure: MeasureWord("dead"), in: store).picture
        #expect(dead.layers.map(\.points[0].y) == [0.5] && dead.isLinear)
        #expect(throws: QuestionError.self) {
            try TrainingCurves("\(run)", measure: MeasureWord("gradient"), in: store)
        }
    }

    @Test func `a long run keeps its extremes and what is not finite, in few points`() throws {
        let run = try small.record { run in
            run.metrics = [
                ("loss", (0..<40_000).map { ($0, $0 == 12_345 ? 99 : $0 == 23_456 ? .nan : Double($0 % 7)) })
            ]
        }
        let points = try #require(try TrainingCurves("\(run)", in: store).picture.metrics.first?.points)
        #expect(points.count < 25_000)
        #expect(points.contains(Series.Point(x: 12_345, y: 99)))
        #expect(points.contains { $0.x == 23_456 && $0.y.isNaN })
        #expect(points.first?.x == 0 && points.last?.x == 39_999)
        #expect(zip(points, points.dropFirst()).allSatisfy { $0.x < $1.x })
    }

    @Test func `a group is drawn as the mean of its runs with the t interval, a single run as it is`() throws {
        for seed in 0..<3 {
            try small.record { run in
                run.seed = Int64(seed)
                run.metrics = [("acc", [(0, Double(seed)), (10, 5)] + (seed == 0 ? [(20, 1)] : []))]
            }
        }
        try small.record { run in
            run.seed = 9
            run.status = .failed
            run.metrics = [("acc", [(0, 1000)])]
        }
        let group = try #require(try Curves("acc", in: store).picture.curves.first)
        #expect(group.name == "cnn")
        #expect(group.points.map(\.x) == [0, 10, 20])
        #expect(group.points.map(\.y) == [1, 5, 1])
        #expect(group.points.map(\.n) == [3, 3, 1])
        // 1 ± t₀.₉₇₅(2) · 1 / √3, scipy.stats.t.ppf(0.975, 2) = 4.30265272974946
        #expect(abs((group.points[0].low ?? 0) - (1 - 4.30265272974946 / 3.0.squareRoot())) < 1e-12)
        #expect(group.points[2].low == nil)
        let single = try #require(try Curves("acc", ["2"], in: store).picture.curves.first)
        #expect(single.points.map(\.y) == [1, 5])
    }

    @Test func `every configuration of an architecture is a curve, named by what differs`() throws {
        for rate in [0.1, 0.2] {
            try small.record { run in
                run.params = [("lr", .real(rate)), ("opt", .text("sgd"))]
                run.metrics = [("acc", [(0, rate)])]
            }
        }
        try small.record { run in
            run.architecture = "other"
            run.layers = [("fc", "pooled", [1])]
        }
        #expect(try Curves("acc", in: store).picture.curves.map(\.name) == ["cnn, lr 0.1", "cnn, lr 0.2"])
        #expect(try Curves("FC", in: store).picture.curves.map(\.name) == ["other"])
        #expect(throws: QuestionError.self) { try Curves("acc", ["other"], in: store) }
        #expect(throws: QuestionError.self) { try Curves("none", in: store) }
        for rate in 3..<15 { try small.record { $0.params = [("lr", .integer(Int64(rate))), ("opt", .text("sgd"))] } }
        #expect(throws: QuestionError.tooManyGroups(count: 15, most: 12, ownParams: ["lr"])) {
            try Curves("acc", in: store)
        }
    }

    @Test func `of runs that are the same but for their number every picture counts the newest, and says so`() throws {
        for accuracy in [0.5, 0.7] {
            try small.record { run in
                run.params = [("width", .integer(50)), ("out", .text("results/\(accuracy)"))]
                run.metrics = [("acc", [(0, accuracy)])]
                run.layers = [("conv1", "m", [accuracy])]
            }
        }
        try small.record { $0.params = [("width", .integer(100)), ("out", .text("results/0.7"))] }
        #expect(try Scatter("width", "acc", in: store).picture.points.count == 3)
        for run in 1...3 {
            try store.connection.execute("INSERT INTO tags VALUES (\(run), 'varve.ignore', 'out', 0)")
        }
        let scatter = try Scatter("width", "acc", in: store).picture
        #expect(scatter.points.map(\.run) == [2, 3])
        let said = "left out 1 run: a newer run has the same configuration, seed and dataset"
        #expect(scatter.subtitle.contains(said))
        #expect(try Scatter("out", "acc", in: store).picture.points.map(\.run) == [1, 2, 3])
        #expect(try Scatter("width", "acc", groupedBy: .param("out"), in: store).picture.points.count == 3)
        let word = "params.width = 50"
        #expect(try Curves("acc", [word], in: store).picture.subtitle.contains(said))
        #expect(try Profile([word], in: store).picture.subtitle.contains(said))
        let answer = try RunGroups(by: [.configuration], summarising: [.metric("acc")], in: store)
        #expect(answer.groups[0].runs == 2 && answer.groups[0].summaries[0].mean == 0.7)
    }

    @Test func `a scatter has a dot for each finished run, and says what is not there`() throws {
        for (width, accuracy) in [(SQLValue.integer(50), 0.5), (.text("100"), 0.7), (.text("wide"), 0.9)] {
            try small.record { run in
                run.params = [("width", width)]
                run.metrics = [("acc", [(0, 0.95), (1, accuracy)])]
            }
        }
        let points = try Scatter("width", "acc", in: store).picture.points
        #expect(points.map(\.x) == [.number(50), .number(100), .text("wide")])
        #expect(points.map(\.y) == [0.5, 0.7, 0.9] && points.map(\.run) == [1, 2, 3])
        #expect(
            try Scatter("params.width", "max(metrics.acc)", in: store).picture.points.map(\.y) == [0.95, 0.95, 0.95]
        )
        let grouped = try Scatter("seed", "acc", groupedBy: .param("width"), in: store).picture.points
        #expect(grouped.map(\.group) == ["50", "100", "wide"])
        #expect(throws: QuestionError.self) { try Scatter("depth", "acc", in: store) }
        #expect(throws: QuestionError.self) { try Scatter("width", "acy", in: store) }
        #expect(throws: QuestionError.self) {
            try Scatter("width", "acc", matching: Filter(parsing: "seed = 7"), in: store)
        }
    }
}
