/// The runs of a sweep: every configuration with every seed, made as they are asked for, or a shard of them.
///
/// Seed by seed, so that whenever a sweep ends its runs are in pairs, which is what a comparison across seeds needs. A
/// seed with the configurations that differ in nothing but the architecture is a unit, which is never divided.
public struct Grid: Sendable, Sequence {
    /// Those of a unit stand side by side.
    public let configurations: [Configuration]
    /// Ascending or not, without overlaps.
    public let seeds: [ClosedRange<UInt32>]
    /// How many configurations a unit has.
    public let unit: Int
    /// Which of the units are meant.
    public let shard: Shard

    /// Makes a grid.
    ///
    /// - Parameters:
    ///   - configurations: what every seed is executed with.
    ///   - seeds: the seeds.
    ///   - unit: how many configurations, side by side, are never divided; all of them unless given.
    ///   - shard: which of the units are meant.
    public init(
        _ configurations: [Configuration],
        seeds: [ClosedRange<UInt32>],
        unit: Int? = nil,
        shard: Shard = .whole
    ) {
        self.configurations = configurations
        self.seeds = seeds
        self.unit = Swift.max(1, unit ?? configurations.count)
        self.shard = shard
    }

    /// The same grid with other configurations in their places.
    public func with(_ configurations: [Configuration]) -> Grid {
        Grid(configurations, seeds: seeds, unit: unit, shard: shard)
    }

    /// Another shard of the same grid.
    public func with(_ shard: Shard) -> Grid { Grid(configurations, seeds: seeds, unit: unit, shard: shard) }

    /// How many seeds there are.
    var seedCount: Int { seeds.reduce(0) { $0 + $1.count } }

    /// How many units every seed has.
    var unitsOfSeed: Int { configurations.count / unit }

    /// The number of runs.
    public var count: Int { shard.units(of: unitsOfSeed * seedCount) * unit }

    /// The number of runs of each configuration.
    public var counts: [Int] {
        shard.units(ofEachOf: unitsOfSeed, seeds: seedCount).flatMap { [Int](repeating: $0, count: unit) }
    }

    /// One run of a grid.
    public struct Point: Sendable, Hashable {
        /// The index of the configuration in ``Grid/configurations``.
        public let configuration: Int
        public let seed: UInt32
    }

    public struct Iterator: IteratorProtocol, Sendable {
        private let grid: Grid
        private var units: Range<Int>
        /// The range of seeds at hand, and how many seeds come before it.
        private var range = 0
        private var before = 0
        /// The unit at hand: its seed, and the configurations that are to come.
        private var seed: UInt32 = 0
        private var configurations = 0..<0

        fileprivate init(_ grid: Grid) {
            self.grid = grid
            units = 0..<grid.shard.units(of: grid.unitsOfSeed * grid.seedCount)
        }

        public mutating func next() -> Point? {
            if configurations.isEmpty { takeUnit() }
            return configurations.popFirst().map { Point(configuration: $0, seed: seed) }
        }

        private mutating func takeUnit() {
            guard let place = units.popFirst() else { return }
            let (ordinal, point) = grid.shard.unit(place).quotientAndRemainder(dividingBy: grid.unitsOfSeed)
            while range < grid.seeds.count, ordinal - before >= grid.seeds[range].count {
                before += grid.seeds[range].count
                range += 1
            }
            guard range < grid.seeds.count else { return }
            seed = grid.seeds[range].lowerBound + UInt32(ordinal - before)
            configurations = point * grid.unit..<(point + 1) * grid.unit
        }
    }

    public func makeIterator() -> Iterator { Iterator(self) }
}
