/// One run by step: a map of its layers, layer by step, with colours, and its metrics in panels below.
///
/// Where a value first was not finite is marked. In a long run a cell of the map shows several steps, in a deep
/// network for several layers: its colour is the mean of their values (on a logarithmic scale the geometric), and it is
/// hatched if one of them has no place on the scale. A run of which only one of the two was recorded is drawn too.
public struct TrainingPlot: Sendable {
    public let title: String
    public let subtitle: String
    /// The values of each layer by step, the layers in order of depth.
    public let layers: [Series]
    /// The metrics by step, under the names they were recorded with.
    public let metrics: [Series]
    /// What was measured of the layers, the title of the colour scale.
    public let measure: String
    /// Whether the colour scale is linear, for a share for instance.
    public let isLinear: Bool

    public init(
        title: String,
        subtitle: String,
        layers: [Series],
        metrics: [Series],
        measure: String,
        isLinear: Bool = false
    ) {
        func named(_ series: [Series]) -> [Series] {
            series.map { Series(name: clipped($0.name), points: $0.points) }
        }
        self.title = title
        self.subtitle = subtitle
        self.layers = named(layers)
        self.metrics = named(metrics)
        self.measure = clipped(measure)
        self.isLinear = isLinear
    }
}

extension TrainingPlot {
    /// A row of the map: a layer, or neighbouring ones where there are more than its height can show.
    struct Row {
        let name: String
        let layers: ArraySlice<Series>
    }

    /// The kind of the colour scale.
    var kind: Scale.Kind { isLinear ? .linear : .logarithmic }

    /// The rows of the map, no more than a hundred.
    var rows: [Row] {
        let size = max(1, (layers.count + 99) / 100)
        return stride(from: 0, to: layers.count, by: size).map { start in
            let layers = layers[start..<min(start + size, layers.count)]
            let (first, last) = (layers.first?.name ?? "", layers.last?.name ?? "")
            return Row(name: layers.count > 1 ? "\(first) … \(last)" : first, layers: layers)
        }
    }

    /// The metrics of each panel: those of one name after the words of a split share one.
    ///
    /// Panels of several metrics come first, for what is measured on several splits is what a run is about, then the
    /// losses, then the others, in their order.
    var panels: [[Series]] {
        var panels: [[(split: Split, series: Series)]] = []
        // Names are told apart by their bytes, as the store does.
        var numbers: [[UInt8]: Int] = [:]
        for series in metrics where !series.points.isEmpty {
            let (split, name) = Split.parted(series.name)
            let key = Array(name.utf8)
            if let number = numbers[key] {
                panels[number].append((split, series))
            } else {
                numbers[key] = panels.count
                panels.append([(split, series)])
            }
        }
        func rank(_ panel: [(split: Split, series: Series)]) -> Int {
            panel.count > 1 ? 0 : panel.contains { $0.series.name.hasSuffix("loss") } ? 1 : 2
        }
        return [0, 1, 2].flatMap { number in panels.filter { rank($0) == number } }.map { panel in
            Split.allCases.flatMap { split in panel.filter { $0.split == split }.map(\.series) }
        }
    }

    /// What a metric was measured on.
    enum Split: CaseIterable {
        case training
        case validation
        case test

        private static let words: [(word: String, split: Split)] = [
            ("train", .training), ("training", .training), ("val", .validation), ("valid", .validation),
            ("validation", .validation), ("dev", .validation), ("eval", .validation), ("test", .test),
        ]

        /// The split of a metric and the name after it: `loss` of `val_loss`, `validation loss`, `Val/loss`.
        static func parted(_ name: String) -> (split: Split, name: String) {
            let end = name.firstIndex { "_/ .-".contains($0) } ?? name.endIndex
            let first = name[..<end].lowercased()
            let rest = name[end...].dropFirst()
            guard !rest.isEmpty, let split = words.first(where: { $0.word == first })?.split else {
                return (.training, name)
            }
            return (split, String(rest))
        }
    }

    /// Where something first was not finite: the step, and the names of what was not.
    var firstNonFinite: (step: Int, names: [String])? {
        let firsts = (layers + metrics).compactMap { series in
            series.points.first { !$0.y.isFinite }.map { (step: $0.x, name: series.name) }
        }
        guard let step = firsts.map(\.step).min() else { return nil }
        return (step, firsts.filter { $0.step == step }.map(\.name))
    }
}
