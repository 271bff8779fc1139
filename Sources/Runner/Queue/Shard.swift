/// A part of a grid, for one of several machines: every so many units, counted from its own.
///
/// A unit is what must not be divided, such as the architectures of one seed. The shards of one count together are the
/// grid, each unit in one of them.
public struct Shard: Sendable, Hashable {
    /// From 0.
    public let index: Int
    /// How many shards there are.
    public let count: Int

    /// The most shards that a grid can be divided into.
    public static let limit = 1_000_000

    /// The undivided grid.
    public static let whole = Shard(index: 0, of: 1)

    /// Makes a shard.
    ///
    /// - Parameters:
    ///   - index: from 0, less than `count`.
    ///   - count: how many there are, at most ``limit``.
    public init(index: Int, of count: Int) {
        self.index = index
        self.count = count
    }

    /// How many of so many units belong to it.
    func units(of total: Int) -> Int { total > index ? (total - index - 1) / count + 1 : 0 }

    /// The unit at a place among those that belong to it.
    func unit(_ place: Int) -> Int { index + place * count }

    /// How many units of a grid belong to it, for each point that a seed is executed with.
    ///
    /// - Parameters:
    ///   - points: how many points a seed has, which alternate faster than the seeds.
    ///   - seeds: how many seeds there are.
    /// - Returns: the number of units of each point.
    func units(ofEachOf points: Int, seeds: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: points)
        // What a seed's points belong to is the same for every count-th seed.
        for seed in 0..<min(seeds, count) {
            let alike = (seeds - seed - 1) / count + 1
            let start = (index - (seed % count) * (points % count) % count + count) % count
            for point in stride(from: start, to: points, by: count) { counts[point] += alike }
        }
        return counts
    }
}

extension Shard: CustomStringConvertible {
    /// As it is typed: `3/20`.
    public var description: String { "\(index)/\(count)" }
}

/// What was asked for as a shard.
public enum ShardChoice: Sendable, Hashable {
    case one(Shard)
    /// Every shard of a count, to be asked about.
    case all(Int)

    /// Reads `i/n`, `auto`, `auto/n` or `all/n`.
    ///
    /// - Parameters:
    ///   - text: as a person typed it.
    ///   - environment: what a variable of the process's environment says.
    /// - Throws: ``ConfigurationError`` for another word, numbers that are no shard, and a task that cannot be told.
    public init(parsing text: String, environment: @escaping (String) -> String?) throws(ConfigurationError) {
        if text == "auto" {
            self = .one(try ShardOfTask(environment).shard())
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw ConfigurationError("shard", "\(text): write i/n, as 0/20, or auto, auto/n, all/n")
        }
        guard let count = Self.number(parts[1]), (1...Shard.limit).contains(count) else {
            throw ConfigurationError("shard", "\(text): the number of shards is 1 to \(Shard.limit)")
        }
        switch parts[0] {
        case "all": self = .all(count)
        case "auto":
            let index = try ShardOfTask(environment).index(of: count)
            self = .one(Shard(index: index, of: count))
        default:
            guard let index = Self.number(parts[0]), index < count else {
                throw ConfigurationError("shard", "\(text): the shards are 0/\(count) to \(count - 1)/\(count)")
            }
            self = .one(Shard(index: index, of: count))
        }
    }

    static func number(_ word: some StringProtocol) -> Int? {
        guard !word.isEmpty, word.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(word)
    }
}

/// Which shard a task of a cluster is, by the variables that its scheduler sets.
struct ShardOfTask {
    private let environment: (String) -> String?

    init(_ environment: @escaping (String) -> String?) { self.environment = environment }

    private static let sought =
        "SLURM_ARRAY_TASK_ID (with _MIN, _MAX, _STEP and _COUNT), JOB_COMPLETION_INDEX with VARVE_SHARDS, and VARVE_SHARD"

    /// The shard of `auto`.
    func shard() throws(ConfigurationError) -> Shard {
        if environment("SLURM_ARRAY_TASK_ID") != nil { return try shardOfArray() }
        if environment("JOB_COMPLETION_INDEX") != nil {
            let index = try number("JOB_COMPLETION_INDEX")
            return try checked(index, of: number("VARVE_SHARDS"))
        }
        guard let word = environment("VARVE_SHARD") else {
            throw ConfigurationError("shard", "auto: none of \(Self.sought) is set")
        }
        return try given(word)
    }

    /// The number of the task among so many.
    func index(of count: Int) throws(ConfigurationError) -> Int {
        for name in ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"] where environment(name) != nil {
            return try checked(number(name), of: count).index
        }
        guard let word = environment("VARVE_SHARD") else {
            throw ConfigurationError(
                "shard",
                "auto/\(count): none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX and VARVE_SHARD is set"
            )
        }
        let shard = try word.contains("/") ? given(word) : checked(number("VARVE_SHARD"), of: count)
        guard shard.count == count else {
            throw ConfigurationError("shard", "auto/\(count): VARVE_SHARD is \(word)")
        }
        return shard.index
    }

    /// The place of a task among those of its array.
    private func shardOfArray() throws(ConfigurationError) -> Shard {
        let (task, low) = (try number("SLURM_ARRAY_TASK_ID"), try number("SLURM_ARRAY_TASK_MIN"))
        let (high, count) = (try number("SLURM_ARRAY_TASK_MAX"), try number("SLURM_ARRAY_TASK_COUNT"))
        let step = environment("SLURM_ARRAY_TASK_STEP") == nil ? 1 : try number("SLURM_ARRAY_TASK_STEP")
        guard step > 0, low <= task, task <= high, (high - low) % step == 0, (high - low) / step == count - 1,
            (task - low) % step == 0
        else {
            throw ConfigurationError(
                "shard",
                "auto: the tasks \(low) to \(high) by \(step) of the array are not \(count), so that a task's number does "
                    + "not say its shard: use auto/n"
            )
        }
        return try checked((task - low) / step, of: count)
    }

    private func given(_ word: String) throws(ConfigurationError) -> Shard {
        let parts = word.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = ShardChoice.number(parts[0]), let count = ShardChoice.number(parts[1])
        else {
            throw ConfigurationError("shard", "auto: VARVE_SHARD is '\(word)' and not i/n, as 0/20")
        }
        return try checked(index, of: count)
    }

    private func checked(_ index: Int, of count: Int) throws(ConfigurationError) -> Shard {
        guard (1...Shard.limit).contains(count), index < count else {
            throw ConfigurationError(
                "shard",
                "\(index) of \(count): the shards are numbered from 0, and there are at most \(Shard.limit)"
            )
        }
        return Shard(index: index, of: count)
    }

    private func number(_ name: String) throws(ConfigurationError) -> Int {
        guard let word = environment(name) else { throw ConfigurationError("shard", "auto: \(name) is not set") }
        guard let number = ShardChoice.number(word) else {
            throw ConfigurationError("shard", "auto: \(name) is '\(word)', not a whole number")
        }
        return number
    }
}
