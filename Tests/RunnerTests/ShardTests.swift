import Storage
import Testing

@testable import Runner

/// Parts of a grid for several machines.
@Suite struct ShardTests {
    /// A grid of so many kinds of unit, each with some architectures, and ranges of seeds.
    private static func grid(_ random: inout SystemRandomNumberGenerator) -> Grid {
        let (units, architectures) = (Int.random(in: 1...7, using: &random), Int.random(in: 1...4, using: &random))
        var low: UInt32 = 0
        let seeds = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            let first = low + .random(in: 0...5, using: &random)
            low = first + .random(in: 1...30, using: &random)
            return first...low - 1
        }
        let all = [Configuration](repeating: Configuration(), count: units * architectures)
        return Grid(all, seeds: Bool.random(using: &random) ? seeds.reversed() : seeds, unit: architectures)
    }

    @Test func `the shards of any count are disjoint, whole in pairs, and together the grid in its order`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let grid = Self.grid(&random)
            let count = Int.random(in: 1...Int.random(in: 1...400, using: &random), using: &random)
            let shards = (0..<count).map { grid.with(Shard(index: $0, of: count)) }
            let parts = shards.map(Array.init)
            let context: Comment = "\(grid.configurations.count) by \(grid.unit), \(grid.seeds), \(count)"
            #expect(shards.map(\.count) == parts.map(\.count), context)
            for (shard, part) in zip(shards, parts) {
                // The architectures of a point and seed stand side by side in one shard.
                for (place, point) in part.enumerated() {
                    #expect(point.configuration % grid.unit == place % grid.unit)
                    #expect(point.seed == part[place - place % grid.unit].seed)
                }
                let counts = grid.configurations.indices.map { kind in part.count { $0.configuration == kind } }
                #expect(shard.counts == counts, context)
            }
            let all = Array(grid)
            #expect(all.count == grid.count)
            #expect(parts.reduce(0) { $0 + $1.count } == all.count)
            #expect(Set(parts.joined()) == Set(all), context)
            // Unit k belongs to shard k mod n.
            for (place, point) in all.enumerated() { #expect(parts[place / grid.unit % count].contains(point)) }
        }
    }

    @Test func `a shard of four thousand million seeds begins at once`() {
        let grid = Grid([Configuration(), Configuration()], seeds: [0...UInt32.max], unit: 1)
        let shard = grid.with(Shard(index: 999_999, of: 1_000_000))
        #expect(shard.count == 8589)
        #expect(shard.first { _ in true } == Grid.Point(configuration: 1, seed: 499_999))
        #expect(shard.counts.reduce(0, +) == shard.count)
    }

    @Test func `the runs of all shards, merged, are those of one machine to the bit`() throws {
        var grid = Grid(
            [3, 5].flatMap { width in
                [Architecture.plain, .batchnorm].map { architecture in
                    var configuration = TrainingTests.oddConfiguration(architecture, steps: 3)
                    configuration.width = width
                    return configuration
                }
            },
            seeds: [7...9, 1...1],
            unit: 2
        )
        let (whole, all) = (try SweepPlace(), try SweepPlace())
        _ = try whole.execute(grid, weights: .final)
        let count = 3
        for index in 0..<count {
            let place = try SweepPlace()
            grid = grid.with(Shard(index: index, of: count))
            _ = try place.execute(grid, weights: .final)
            _ = try Store(path: all.path, for: .writing).merge(place.store())
        }
        let sorted = { (rows: [[String]]) in rows.sorted { $0.lexicographicallyPrecedes($1) } }
        #expect(try sorted(all.content()) == sorted(whole.content()))
        #expect(try all.content().count == 16)
    }

    // MARK: As they are typed

    private static func read(_ text: String, _ variables: [String: String] = [:]) throws(ConfigurationError)
        -> ShardChoice
    {
        try ShardChoice(parsing: text) { variables[$0] }
    }

    @Test(arguments: ["0/1", "19/20", "0000/7", "999999/1000000"])
    func `a shard is a number and a count`(_ text: String) throws {
        let parts = text.split(separator: "/").compactMap { Int($0) }
        #expect(try Self.read(text) == .one(Shard(index: parts[0], of: parts[1])))
    }

    @Test(arguments: [
        "", "/", "1", "1/", "/1", "1/1", "2/1", "0/0", "-1/2", "+1/2", "0/1000001", "a/2", "0/2/3", "all", "all/0",
        "auto/", "auto/x",
        "1/99999999999999999999", "0x1/2", " 0/2",
    ])
    func `what is no shard is refused`(_ text: String) {
        #expect(throws: ConfigurationError.self) { try Self.read(text) }
    }

    @Test func `all shards are asked for by their count`() throws { #expect(try Self.read("all/20") == .all(20)) }

    @Test func `the task of an array is a shard`() throws {
        var task = [
            "SLURM_ARRAY_TASK_ID": "9", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_MAX": "17",
            "SLURM_ARRAY_TASK_STEP": "4", "SLURM_ARRAY_TASK_COUNT": "5",
        ]
        #expect(try Self.read("auto", task) == .one(Shard(index: 2, of: 5)))
        // --array=1,5,17 says that they are three.
        task["SLURM_ARRAY_TASK_COUNT"] = "3"
        #expect(throws: ConfigurationError.self) { try Self.read("auto", task) }
        #expect(try Self.read("auto/20", task) == .one(Shard(index: 9, of: 20)))
        #expect(throws: ConfigurationError.self) { try Self.read("auto/9", task) }
        task["SLURM_ARRAY_TASK_MAX"] = nil
        #expect(throws: ConfigurationError.self) { try Self.read("auto", task) }
    }

    @Test func `an indexed job and a variable name the shard`() throws {
        let job = ["JOB_COMPLETION_INDEX": "3", "VARVE_SHARDS": "8"]
        #expect(try Self.read("auto", job) == .one(Shard(index: 3, of: 8)))
        #expect(try Self.read("auto/4", job) == .one(Shard(index: 3, of: 4)))
        #expect(throws: ConfigurationError.self) { try Self.read("auto", ["JOB_COMPLETION_INDEX": "3"]) }
        #expect(try Self.read("auto", ["VARVE_SHARD": "1/2"]) == .one(Shard(index: 1, of: 2)))
        #expect(try Self.read("auto/2", ["VARVE_SHARD": "1"]) == .one(Shard(index: 1, of: 2)))
        for wrong in ["2/2", "1", "", "1/2/3", "1/0"] {
            #expect(throws: ConfigurationError.self) { try Self.read("auto", ["VARVE_SHARD": wrong]) }
        }
        #expect(throws: ConfigurationError.self) { try Self.read("auto/3", ["VARVE_SHARD": "1/2"]) }
    }

    @Test func `without a task it is said what was looked for`() {
        #expect {
            try Self.read("auto")
        } throws: { error in
            ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX", "VARVE_SHARD"].allSatisfy { "\(error)".contains($0) }
        }
    }
}
