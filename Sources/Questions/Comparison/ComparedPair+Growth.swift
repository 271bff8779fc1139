public import Analysis
import Glibc
import Storage

/// How what one side measured grows from block to block.
public struct SideGrowth: Sendable {
    /// Why nothing can be told.
    public enum Obstacle: Error, Sendable, Equatable {
        case layers(Growth.Obstacle)
        /// Shares do not grow by factors.
        case share
    }

    /// The layers that it was measured at, by their short names.
    public let layers: [String]
    public let result: Result<Growth, Obstacle>

    /// Nil where nothing can be told.
    public var growth: Growth? { try? result.get() }
}

extension SideGrowth {
    /// Measures the growth of a side: over the layers named `residual1`, `residual2` … that were measured before a norm, or
    /// over those whose long or short name fits a glob, in order of position.
    init(
        of parts: [(place: LayerPlace, part: ComparedPair.Row.Part)],
        fitting pattern: String?,
        _ measure: MeasureWord?
    ) {
        var sums: [(block: Int, name: String, values: [Group.Value])] = []
        for (place, part) in parts where !part.isAfterNorm && !part.values.isEmpty {
            if let pattern {
                let names: [String] = [place.name, place.shortName]
                guard names.contains(where: { name in fnmatch(pattern, name, 0) == 0 }) else { continue }
                sums.append((sums.count, place.shortName, part.values))
            } else if place.shortName.hasPrefix("residual"), let block = Int(place.shortName.dropFirst(8)) {
                sums.append((block, place.shortName, part.values))
            }
        }
        sums.sort { $0.block < $1.block }
        layers = sums.map(\.name)
        guard measure?.isShare != true else {
            result = .failure(.share)
            return
        }
        var byRun: [Int64: (seed: Int64?, values: [Double])] = [:]
        for sum in sums {
            for value in sum.values { byRun[value.run, default: (value.seed, [])].values.append(value.value) }
        }
        let seeds = byRun.sorted { $0.key < $1.key }.map { Seeded(seed: $0.value.seed, value: $0.value.values) }
        result = Growth.measure(seeds, blocks: sums.map(\.block)).mapError { .layers($0) }
    }
}
