public import Analysis
import Storage

extension Comparison {
    /// The compared values by layer, a line for each group; groups whose layers are not the same are panels side by side.
    public var picture: ProfilePlot {
        let noun = measure?.noun ?? "variance"
        let words = groups.map(\.shown)
        let names = words.dropLast().joined(separator: ", ") + " and " + (words.last ?? "")
        let baseline = pairs.prefix(1).map { line($0.a, $0, \.a) }
        return ProfilePlot(
            title: "\(names): \(noun) by layer",
            subtitle: pairs.count == 1 ? pairs[0].method : "each beside \(words[0])",
            groups: baseline + pairs.map { line($0.b, $0, \.b) },
            measure: measure?.title ?? noun,
            isLinear: measure?.isShare ?? false
        )
    }

    private func line(
        _ side: ComparedPair.Side,
        _ pair: ComparedPair,
        _ part: (ComparedPair.Row) -> ComparedPair.Row.Part
    ) -> ProfilePlot.Group {
        let layers = pair.layers.compactMap { row in
            let part = part(row)
            return part.values.isEmpty ? nil : row.place.map { ($0.name, part.isAfterNorm, part.values) }
        }
        return Group.drawn(side.group.shown, layers)
    }
}
