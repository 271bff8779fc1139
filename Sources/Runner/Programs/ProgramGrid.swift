import Storage

/// A param of a program with the values that a grid gives it, as they were typed.
public struct ProgramParam: Sendable, Equatable {
    public let key: String
    public let values: [String]

    /// A param with one value.
    init(_ key: String, _ value: String) {
        self.key = key
        values = [value]
    }

    /// Reads `key=value,…`, or `key=["value",…]` for values that hold commas.
    ///
    /// - Throws: ``ConfigurationError``.
    public init(parsing word: String) throws(ConfigurationError) {
        let parts = word.parts(between: "=", atMost: 2)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw ConfigurationError("param", "\(word): write it as key=value")
        }
        key = parts[0]
        guard !key.unicodeScalars.contains("{"), !key.unicodeScalars.contains("}") else {
            throw ConfigurationError("param", "\(key): braces belong around its name in the command")
        }
        guard key != "seed" else { throw ConfigurationError("param", "seed: --seeds gives the seeds") }
        values = try Self.values(parts[1], of: key)
        var seen: Set<SQLValue> = []
        for value in values where !seen.insert(SQLValue.text(value).canonical).inserted {
            throw ConfigurationError("param", "\(key): \(value) is given twice")
        }
    }

    private static func values(_ text: String, of key: String) throws(ConfigurationError) -> [String] {
        guard text.hasPrefix("[") else {
            let values = text.parts(between: ",")
            guard values.count == 1 || !values.contains("") else {
                throw ConfigurationError("param", "\(key): \(text): a value between commas is missing")
            }
            return values
        }
        guard case .array(let items)? = try? JSON(parsing: text), !items.isEmpty else {
            throw ConfigurationError("param", "\(key): \(text): write a JSON list of texts, as [\"64,64\", \"32,32\"]")
        }
        var values: [String] = []
        for item in items {
            guard case .string(let value) = item else {
                throw ConfigurationError("param", "\(key): \(item.text): write each value in quotes, as [\"64,64\"]")
            }
            values.append(value)
        }
        return values
    }
}

/// The runs of a program: every combination of the params' values with every seed, made as they are asked for, or a shard
/// of them.
///
/// In the order of `Grid`: seed by seed, the first param slowest, and the architectures, where a param names them, side by
/// side.
public struct ProgramGrid: Sendable, Sequence {
    /// In the order given.
    public let params: [ProgramParam]
    /// Nil where the program has none.
    public let seeds: SeedRange?
    /// The index of the param that names the architecture.
    public let architecture: Int?
    public let shard: Shard
    private let seedCount: Int
    /// How many combinations there are of the params but the architecture.
    private let combinations: Int

    /// Makes a grid.
    ///
    /// - Parameters:
    ///   - params: each key once.
    ///   - seeds: nil where the program has none.
    ///   - architectureParam: the key of the param that names the architecture.
    ///   - shard: which of the units are meant.
    /// - Throws: ``ConfigurationError``.
    public init(
        _ params: [ProgramParam],
        seeds: SeedRange?,
        architectureParam: String? = nil,
        shard: Shard = .whole
    ) throws(ConfigurationError) {
        for (index, param) in params.enumerated()
        where params[..<index].contains(where: { $0.key.isExactly(param.key) }) {
            throw ConfigurationError("param", "\(param.key) is given twice: write its values in one list")
        }
        architecture = architectureParam.flatMap { key in params.firstIndex { $0.key.isExactly(key) } }
        if let architectureParam, architecture == nil {
            throw ConfigurationError("architecture-param", "\(architectureParam): there is no such --param")
        }
        var combinations = 1
        for (index, param) in params.enumerated() where index != architecture {
            combinations = try Self.product(combinations, param.values.count)
        }
        self.combinations = combinations
        seedCount = seeds?.count ?? 1
        let units = try Self.product(combinations, seedCount)
        _ = try Self.product(units, architecture.map { params[$0].values.count } ?? 1)
        self.params = params
        self.seeds = seeds
        self.shard = shard
    }

    private init(_ grid: ProgramGrid, _ shard: Shard) {
        (params, seeds, architecture) = (grid.params, grid.seeds, grid.architecture)
        (seedCount, combinations) = (grid.seedCount, grid.combinations)
        self.shard = shard
    }

    private static func product(_ left: Int, _ right: Int) throws(ConfigurationError) -> Int {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        guard !overflow else { throw ConfigurationError("param", "lists give more runs than can be counted") }
        return product
    }

    /// Another shard of the same grid.
    public func with(_ shard: Shard) -> ProgramGrid { ProgramGrid(self, shard) }

    /// How many runs stand side by side.
    private var unit: Int { architecture.map { params[$0].values.count } ?? 1 }

    /// The number of runs.
    public var count: Int { shard.units(of: combinations * seedCount) * unit }

    /// One run of a grid.
    public struct Point: Sendable {
        /// The values of the params in their order, as they were typed.
        public let values: [String]
        public let seed: UInt32?
    }

    public struct Iterator: IteratorProtocol, Sendable {
        private let grid: ProgramGrid
        private var places: Range<Int>
        private let ranges: [ClosedRange<UInt32>]
        private var range = 0
        private var before = 0

        fileprivate init(_ grid: ProgramGrid) {
            self.grid = grid
            places = 0..<grid.count
            ranges = grid.seeds?.ranges ?? []
        }

        public mutating func next() -> Point? {
            guard let place = places.popFirst() else { return nil }
            let (unit, architecture) = place.quotientAndRemainder(dividingBy: grid.unit)
            let (ordinal, combination) = grid.shard.unit(unit).quotientAndRemainder(dividingBy: grid.combinations)
            return Point(values: grid.values(combination, architecture), seed: seed(ordinal))
        }

        private mutating func seed(_ ordinal: Int) -> UInt32? {
            while range < ranges.count, ordinal - before >= ranges[range].count {
                before += ranges[range].count
                range += 1
            }
            return range < ranges.count ? ranges[range].lowerBound + UInt32(ordinal - before) : nil
        }
    }

    public func makeIterator() -> Iterator { Iterator(self) }

    private func values(_ combination: Int, _ architecture: Int) -> [String] {
        var rest = combination
        var values = params.map { _ in "" }
        for (index, param) in params.enumerated().reversed() {
            if index == self.architecture {
                values[index] = param.values[architecture]
                continue
            }
            let (quotient, place) = rest.quotientAndRemainder(dividingBy: param.values.count)
            values[index] = param.values[place]
            rest = quotient
        }
        return values
    }
}
