import ArgumentParser
import Glibc
import Runner

/// The option `--shard` of what executes a grid.
struct ShardOption: ParsableArguments {
    @Option(
        help: .value("i/n", "Execute a part of the grid: i/n, auto, auto/n; all/n asks for all.")
    )
    var shard: String?

    /// The part that was asked for, with its number in the place of `{shard}` in the store's path.
    ///
    /// - Parameters:
    ///   - common: the options that name the store.
    ///   - isPlan: whether nothing but the question of what is missing is asked.
    /// - Returns: the shard, and of how many shards all are meant, where they are.
    /// - Throws: `ConfigurationError`; ``UsageError``.
    func choice(common: inout CommonOptions, isPlan: Bool) throws -> (shard: Shard, all: Int?) {
        let choice = try shard.map { word in
            try ShardChoice(parsing: word) { name in getenv(name).map { String(cString: $0) } }
        }
        let path = common.storePath
        let hasPlace = path.contains("{shard}")
        switch choice {
        case nil:
            guard !hasPlace else {
                throw UsageError("--store \(path): {shard} is the number of --shard: give that too")
            }
            return (.whole, nil)
        case .all(let count):
            guard isPlan else {
                throw UsageError("--shard all/\(count) says what is missing: it needs --resume and --dry-run")
            }
            guard !hasPlace else {
                throw UsageError("--store \(path): name the store that the shards were merged into")
            }
            return (.whole, count)
        case .one(let shard):
            if hasPlace { common.store = path.replacing("{shard}", with: "\(shard.index)") }
            return (shard, nil)
        }
    }
}
