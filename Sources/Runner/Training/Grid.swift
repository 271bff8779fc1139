/// The runs of a sweep: every configuration with every seed, made as they are asked for.
///
/// Seed by seed, so that whenever a sweep ends its runs are in pairs, which is what a comparison across seeds needs. A
/// seed with all its configurations is a unit, which is never divided.
public struct Grid: Sendable, Sequence {
    public let configurations: [Configuration]
    /// Ascending or not, without overlaps.
    public let seeds: [ClosedRange<UInt32>]

    /// Makes a grid.
    public init(_ configurations: [Configuration], seeds: [ClosedRange<UInt32>]) {
        self.configurations = configurations
        self.seeds = seeds
    }

    /// The number of runs.
    public var count: Int { configurations.count * seeds.reduce(0) { $0 + $1.count } }

    /// One run of a grid.
    public struct Point: Sendable {
        /// The index of the configuration in ``Grid/configurations``.
        public let configuration: Int
        public let seed: UInt32
    }

    public struct Iterator: IteratorProtocol, Sendable {
        private let grid: Grid
        private var range = 0
        private var offset = 0
        /// The unit at hand, and how many of its configurations were given.
        private var seed: UInt32?
        private var configuration = 0

        fileprivate init(_ grid: Grid) { self.grid = grid }

        public mutating func next() -> Point? {
            if configuration == grid.configurations.count || seed == nil { (seed, configuration) = (nextUnit(), 0) }
            guard let seed, configuration < grid.configurations.count else { return nil }
            defer { configuration += 1 }
            return Point(configuration: configuration, seed: seed)
        }

        private mutating func nextUnit() -> UInt32? {
            if range < grid.seeds.count, offset == grid.seeds[range].count { (range, offset) = (range + 1, 0) }
            guard range < grid.seeds.count else { return nil }
            defer { offset += 1 }
            return grid.seeds[range].lowerBound + UInt32(offset)
        }
    }

    public func makeIterator() -> Iterator { Iterator(self) }
}
