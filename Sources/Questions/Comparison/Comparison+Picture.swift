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
        where !places.contains(where: { $0.name == place.name }) {
            places.append(place)
        }
        places.sort { $0.position < $1.position }
        let baseline = pairs.prefix(1).map { line($0.a, places, $0, \.a) }
        return ProfilePlot(
            title: "\(names): \(noun) by layer",
            subtitle: pairs.count == 1 ? pairs[0].method : "each beside \(words[0])",
            groups: baseline + pairs.map { line($0.b, places, $0, \.b) },
            measure: axisTitle(measures: measure.map { [$0.stored] } ?? [])
        )
    }

    private func line(
        _ side: ComparedPair.Side,
        _ places: [LayerPlace],
        _ pair: ComparedPair,
        _ part: (ComparedPair.Row) -> ComparedPair.Row.Part
    ) -> ProfilePlot.Group {
        var seeds: [Int64: Int64] = [:]
        var runs: [Int64: [Double?]] = [:]
        var behindNorm: Set<Int> = []
        for (index, place) in places.enumerated() {
            guard let row = pair.layers.first(where: { $0.place?.name == place.name }).map(part) else { continue }
            if row.isAfterNorm { behindNorm.insert(index) }
            for value in row.values {
                runs[value.run, default: [Double?](repeating: nil, count: places.count)][index] = value.value
                seeds[value.run] = value.seed
            }
        }
        return ProfilePlot.Group(
            name: side.group.word,
            layers: places.map(\.name),
            runs: runs.sorted { $0.key < $1.key }.map { run, values in
                ProfilePlot.Run(name: "run \(run)" + (seeds[run].map { ", seed \($0)" } ?? ""), values: values)
            },
            behindNorm: behindNorm
        )
    }
}
