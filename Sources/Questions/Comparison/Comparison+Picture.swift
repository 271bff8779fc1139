public import Analysis
import Storage

extension Comparison {
    /// The compared values by layer, a line for each side.
    public var picture: ProfilePlot {
        ProfilePlot(
            title: "\(a.group.word) and \(b.group.word): variance by layer",
            subtitle: method,
            groups: sides.map(line),
            measure: axisTitle(measures: layers.map(\.place.measure))
        )
    }

    private func line(_ side: Side) -> ProfilePlot.Group {
        var seeds: [Int64: Int64] = [:]
        var runs: [Int64: [Double?]] = [:]
        for (index, layer) in layers.enumerated() {
            for value in layer.part(side).values {
                runs[value.run, default: [Double?](repeating: nil, count: layers.count)][index] = value.value
                seeds[value.run] = value.seed
            }
        }
        return ProfilePlot.Group(
            name: side.group.word,
            layers: layers.map(\.place.name),
            runs: runs.sorted { $0.key < $1.key }.map { run, values in
                ProfilePlot.Run(name: "run \(run)" + (seeds[run].map { ", seed \($0)" } ?? ""), values: values)
            },
            behindNorm: Set(layers.indices.filter { layers[$0].part(side).isAfterNorm })
        )
    }
}
