/// A measure of every layer, from the input to the output, one line for each group of runs.
///
/// Groups of the same layers share a panel; others have panels of their own beside it, with their own layers and the
/// same vertical axis. The line is the mean over the group's runs. Up to twenty runs show as thin lines, more as a band
/// from the lowest to the highest. A point measured after a norm is hollow. Values that have no place on the axis,
/// those that are not finite and on a logarithmic one those that are not positive, are in strips at its ends, and the
/// mean is over the others that are finite.
public struct ProfilePlot: Sendable {
    /// Runs that share a line, those of one architecture for instance.
    public struct Group: Sendable {
        public let name: String
        /// The names of the layers, in order of depth; groups in which they are equal share a panel.
        public let layers: [String]
        public let runs: [Run]
        /// The places of the layers that are measured after a norm.
        public let afterNorm: Set<Int>

        public init(name: String, layers: [String], runs: [Run], afterNorm: Set<Int> = []) {
            self.name = clipped(name)
            self.layers = layers.map { clipped($0) }
            self.runs = runs
            self.afterNorm = afterNorm
        }
    }

    /// One run, and what was measured in it.
    public struct Run: Sendable {
        /// What is said on hover, `seed 3`.
        public let name: String
        /// A value for each layer; nil where there was none to measure.
        public let values: [Double?]

        public init(name: String, values: [Double?]) {
            self.name = clipped(name)
            self.values = values
        }
    }

    public let title: String
    public let subtitle: String
    public let groups: [Group]
    /// What was measured, the title of the vertical axis.
    public let measure: String
    /// Whether the vertical axis is linear, for a share for instance; else it is logarithmic.
    public let isLinear: Bool

    public init(
        title: String,
        subtitle: String,
        groups: [Group],
        measure: String,
        isLinear: Bool = false
    ) {
        self.title = title
        self.subtitle = subtitle
        self.groups = groups
        self.measure = clipped(measure)
        self.isLinear = isLinear
    }
}

extension ProfilePlot {
    /// What a group's runs hold at one layer.
    struct Place {
        let layer: Int
        /// Over the finite values.
        let summary: Summary
        /// The names of the runs whose value is at an edge, and the value.
        let edges: [Edge: [(run: String, value: Double)]]
        let isAfterNorm: Bool
    }

    /// The kind of the vertical axis.
    var kind: Scale.Kind { isLinear ? .linear : .logarithmic }

    /// The groups of each panel, by their places: those of the same layers share one.
    var panels: [[Int]] {
        var panels: [[Int]] = []
        for index in groups.indices {
            if let panel = panels.firstIndex(where: { groups[$0[0]].layers == groups[index].layers }) {
                panels[panel].append(index)
            } else {
                panels.append([index])
            }
        }
        return panels
    }

    /// A group's layers, those without any value left out.
    func places(of group: Group) -> [Place] {
        group.layers.indices.compactMap { layer in
            let values = group.runs.compactMap { run in value(of: run, at: layer).map { (run: run.name, value: $0) } }
            guard !values.isEmpty else { return nil }
            var edges: [Edge: [(run: String, value: Double)]] = [:]
            for (run, value) in values {
                if let edge = Edge(value, on: kind) { edges[edge, default: []].append((run, value)) }
            }
            return Place(
                layer: layer,
                summary: Summary(values.map(\.value)),
                edges: edges,
                isAfterNorm: group.afterNorm.contains(layer)
            )
        }
    }

    func value(of run: Run, at layer: Int) -> Double? {
        run.values.indices.contains(layer) ? run.values[layer] : nil
    }

    /// All values of a group.
    func values(of group: Group) -> [Double] {
        group.runs.flatMap { $0.values.prefix(group.layers.count).compactMap(\.self) }
    }

    /// Whether a group's runs show one by one.
    ///
    /// Many lines are no clearer than a band, and many values no small file.
    func showsRuns(of group: Group) -> Bool {
        (2...20).contains(group.runs.count) && groups.reduce(0) { $0 + $1.runs.count * $1.layers.count } <= 4000
    }
}
