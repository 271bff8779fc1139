public import Analysis
public import Storage

/// What `plot profile` answers: a measure of every layer from the input to the output, for some groups of runs.
public struct Profile: Sendable {
    public let groups: [Group]
    public let step: RecordedStep
    /// What of the layers is shown.
    public let measure: MeasureWord
    /// The layers of each group, by position.
    let measured: [[Group.MeasuredLayer]]

    /// Measures groups at a step, in one snapshot of the store.
    ///
    /// - Parameters:
    ///   - words: each an architecture, a RUN or a FILTER; without any, the groups of ``Group/all(ignoring:in:)``.
    ///   - step: the step.
    ///   - measure: what of the layers; nil for the variance where all groups have it, else the only one that all have.
    ///   - ignored: keys that make no other configuration.
    ///   - store: where they were recorded.
    /// - Throws: ``QuestionError`` where a group is empty or mixed, has nothing recorded at the step, or was measured in
    ///   another way than the others.
    public init(
        _ words: [String] = [],
        step: RecordedStep = .final,
        measure: MeasureWord? = nil,
        ignoring ignored: IgnoredKeys = IgnoredKeys(),
        in store: Store
    ) throws {
        self = try store.snapshot {
            try Profile(reading: Group.named(words, ignoring: ignored, in: store), words, step, measure, store)
        }
    }

    private init(
        reading groups: [Group],
        _ words: [String],
        _ step: RecordedStep,
        _ asked: MeasureWord?,
        _ store: Store
    ) throws {
        var groups = groups
        var measured = try groups.map { try $0.layers(at: step.number, in: store) }
        if words.isEmpty {
            // Of the groups that nobody named only those count that have measured layers so.
            let kept = groups.indices.filter { index in
                measured[index].contains { asked?.includes($0.place.measure) ?? true }
            }
            if !kept.isEmpty { (groups, measured) = (kept.map { groups[$0] }, kept.map { measured[$0] }) }
        }
        for (group, layers) in zip(groups, measured) where layers.isEmpty {
            throw QuestionError.nothingRecorded(word: group.word, step: step.number, common: nil)
        }
        let measure = try MeasureWord.chosen(
            asked,
            among: zip(groups, measured).map { ($0.word, Set($1.map { ExactText($0.place.measure) })) }
        )
        self.measured = try zip(groups, measured).map { group, layers in
            let layers = layers.filter { measure.includes($0.place.measure) }
            guard !layers.isEmpty else { throw QuestionError.groupLacks(word: group.word, name: measure.stored) }
            return layers
        }
        self.groups = groups
        self.measure = measure
        self.step = step
    }

    /// The profiles as a picture; groups whose layers are not the same are panels side by side.
    public var picture: ProfilePlot {
        ProfilePlot(
            title: "\(measure.capitalized) by layer",
            subtitle: ["at \(step.ofEachRun)", Replicate.note(of: groups.reduce(0) { $0 + $1.replicates })]
                .compactMap(\.self).joined(separator: "; "),
            groups: zip(groups, measured).map { group, layers in
                Group.drawn(group.shown, layers.map { ($0.place.name, $0.place.afterNorm, $0.values) })
            },
            measure: measure.title,
            isLinear: measure.isShare
        )
    }
}

extension Group {
    /// A line of a picture, with a value of each run at each layer that it measured.
    static func drawn(
        _ word: String,
        _ layers: [(name: String, isAfterNorm: Bool, values: [Value])]
    ) -> ProfilePlot.Group {
        var seeds: [Int64: Int64] = [:]
        var runs: [Int64: [Double?]] = [:]
        for (index, layer) in layers.enumerated() {
            for value in layer.values {
                runs[value.run, default: [Double?](repeating: nil, count: layers.count)][index] = value.value
                seeds[value.run] = value.seed
            }
        }
        return ProfilePlot.Group(
            name: word,
            layers: layers.map(\.name),
            runs: runs.sorted { $0.key < $1.key }.map { run, values in
                ProfilePlot.Run(name: "run \(run)" + (seeds[run].map { ", seed \($0)" } ?? ""), values: values)
            },
            afterNorm: Set(layers.indices.filter { layers[$0].isAfterNorm })
        )
    }
}
