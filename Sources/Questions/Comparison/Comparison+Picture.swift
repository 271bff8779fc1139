public import Analysis
import Storage

extension Comparison {
    /// The compared values by layer, a line for each group.
    public var picture: ProfilePlot {
        let noun = measure?.noun ?? "variance"
        let words = groups.map(\.word)
        let names = words.dropLast().joined(separator: ", ") + " and " + (words.last ?? "")
        var places: [LayerPlace] = []
        for place in pairs.flatMap(\.layers).compactMap(\.place)
        where !places.map(\.name).holds(place.name) {
            places.append(place)
        }
        places.sort { $0.position < $1.position }
        let baseline = pairs.prefix(1).map { line($0.a, places, $0, \.a) }
        return ProfilePlot(
            title: "\(names): \(noun) by layer",
            subtitle: pairs.count == 1 ? pairs[0].method : "each beside \(words[0])",
            groups: baseline + pairs.map { line($0.b, places, $0, \.b) },
            measure: measure?.title ?? noun,
            isLinear: measure?.isShare ?? false
        )
    }

    private func line(
        _ side: ComparedPair.Side,
        _ places: [LayerPlace],
        _ pair: ComparedPair,
        _ part: (ComparedPair.Row) -> ComparedPair.Row.Part
    ) -> ProfilePlot.Group {
        let rows = pair.layers
        let layers = places.map { place in
            let part = rows.first { $0.place?.name.isExactly(place.name) ?? false }.map(part)
            return (place.name, part?.isAfterNorm ?? false, part?.values ?? [])
        }
        return Group.drawn(side.group.word, layers)
    }
}
