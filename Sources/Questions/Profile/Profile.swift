public import Analysis
public import Storage

/// What `plot profile` answers: the variance of every layer from the input to the output, for some groups of runs.
public struct Profile: Sendable {
    public let groups: [Group]
    public let step: RecordedStep
    /// The layers that any group measured, by position; those of one name and position share a place, whether or not a norm
    /// comes before it.
    public let places: [LayerPlace]
    private let measured: [[Group.MeasuredLayer]]

    /// Measures groups at a step, in one snapshot of the store.
    ///
    /// - Parameters:
    ///   - words: each an architecture, a RUN or a FILTER; without any, each architecture of the store is one.
    ///   - step: the step.
    ///   - store: where they were recorded.
    /// - Throws: ``QuestionError`` where a group is empty or mixed, has nothing recorded at the step, or was measured in
    ///   another way than the others.
    public init(_ words: [String], step: RecordedStep = .final, in store: Store) throws {
        self = try store.snapshot { try Profile(reading: words, step, store) }
    }

    private init(reading words: [String], _ step: RecordedStep, _ store: Store) throws {
        let words = words.isEmpty ? try store.architectures() : words
        guard !words.isEmpty else { throw QuestionError.noArchitecture(path: store.path) }
        groups = try words.map { try Group($0, Filter(group: $0, in: store), in: store) }
        measured = try groups.map { try $0.layers(at: step.number, in: store) }
        for (group, layers) in zip(groups, measured) where layers.isEmpty {
            throw QuestionError.nothingRecorded(word: group.word, step: step.number, common: nil)
        }
        let measures = Set(measured.joined().map(\.place.measure)).sorted()
        guard measures.count < 2 else { throw QuestionError.measuresDiffer(layer: nil, measures: measures) }
        var places: [LayerPlace] = []
        for layer in measured.joined() where !places.contains(where: { Self.isSame($0, layer.place) }) {
            places.append(layer.place)
        }
        self.places = places.sorted { ($0.position, $0.shortName) < ($1.position, $1.shortName) }
        self.step = step
    }

    private static func isSame(_ first: LayerPlace, _ second: LayerPlace) -> Bool {
        first.name == second.name && first.position == second.position
    }

    /// The profiles as a picture.
    public var picture: ProfilePlot {
        ProfilePlot(
            title: "Variance by layer",
            subtitle: "at \(step.ofEachRun)",
            groups: zip(groups, measured).map(line),
            measure: axisTitle(measures: places.map(\.measure))
        )
    }

    private func line(_ group: Group, _ layers: [Group.MeasuredLayer]) -> ProfilePlot.Group {
        let columns = places.map { place in layers.filter { Self.isSame($0.place, place) } }
        let values = columns.map { column in
            Dictionary(column.flatMap(\.values).map { ($0.run, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        return ProfilePlot.Group(
            name: group.word,
            layers: places.map(\.name),
            runs: group.runs.reversed().filter { run in values.contains { $0[run.number] != nil } }.map { run in
                ProfilePlot.Run(
                    name: "run \(run.number)" + (run.seed.map { ", seed \($0)" } ?? ""),
                    values: values.map { $0[run.number] }
                )
            },
            behindNorm: Set(columns.indices.filter { columns[$0].contains { $0.place.afterNorm } })
        )
    }
}
