import Questions
import Runner
import Storage

extension RunCommand {
    /// Tells what would be executed, without making or changing a store.
    func tell(_ plan: SweepPlan, _ shards: Int?) throws {
        let grid = plan.grid
        if let shards {
            return try MissingShards(of: shards).write(to: common) { shard, tell in
                for point in grid.with(shard) {
                    try tell(plan.isThere(point), plan.name(of: point), plan.json(of: point))
                }
            }
        }
        let there = try resume ? plan.countThere() : grid.configurations.map { _ in 0 }
        let kinds = plan.kinds(there)
        let keys = ["runs"] + (resume ? ["skipped"] : []) + ["steps"]
        let columns = keys.map { $0 == "skipped" ? Column($0, title: "there") : Column($0) }
        var table = Table(["configuration"] + columns.titles + ["parameters"])
        table.rows = zip(plan.labels, kinds).map { label, kind in
            [.text(label)] + columns.cells(of: Record(kind.members)) + [.text(kind.settings)]
        }
        try common.output().emit(.array(kinds.map { .object($0.members) }), table)
        if resume { common.notice("\(there.reduce(0, +)) of \(grid.count) runs are there already") }
    }
}
