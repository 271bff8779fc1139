import Questions
import Runner
import Storage

/// Which points of a grid are missing in a store, and so which shards are to be executed again.
struct MissingShards {
    private let count: Int

    /// How many missing points of a shard are named; all are counted.
    private static let named = 1000
    /// The same in a table.
    private static let shown = 3

    init(of count: Int) { self.count = count }

    /// Asks for each shard and tells of those that lack something.
    ///
    /// - Parameters:
    ///   - common: where it is reported.
    ///   - forEachPoint: hands over whether a point of a shard is there, how people call it, and how JSON does.
    /// - Throws: what `forEachPoint` throws, and what keeps the output from being written.
    func write(
        to common: CommonOptions,
        _ forEachPoint: (Shard, (Bool, String, JSON) throws -> Void) throws -> Void
    ) throws {
        var table = Table(["shard", "runs", "missing", "points"])
        var list: [JSON] = []
        var again: [Int] = []
        var total = (runs: 0, missing: 0)
        for index in 0..<count {
            var (runs, missing) = (0, 0)
            var words: [String] = []
            var points: [JSON] = []
            try forEachPoint(Shard(index: index, of: count)) { isThere, word, point in
                runs += 1
                guard !isThere else { return }
                missing += 1
                if words.count < Self.shown { words.append(word) }
                if points.count < Self.named { points.append(point) }
            }
            total = (total.runs + runs, total.missing + missing)
            guard missing > 0 else { continue }
            again.append(index)
            if missing > Self.shown { words.append("and \(missing - Self.shown) more") }
            table.rows.append([
                .text("\(index)/\(count)"), .integer(Int64(runs)), .integer(Int64(missing)),
                .text(words.joined(separator: ", ")),
            ])
            list.append([
                "shard": .integer(Int64(index)), "of": .integer(Int64(count)), "runs": .integer(Int64(runs)),
                "missing": .integer(Int64(missing)), "points": .array(points),
            ])
        }
        try common.output().emit(.array(list), table)
        common.notice("\(total.missing) of \(total.runs) runs are missing")
        guard !again.isEmpty else { return }
        common.notice("shards to run again: \(Self.ranges(again))")
    }

    /// Numbers as Slurm's `--array` takes them: `3,7-9`.
    private static func ranges(_ numbers: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = ranges.last, last.upperBound + 1 == number {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }
}
