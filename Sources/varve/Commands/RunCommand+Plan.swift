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
                    let params = grid.configurations[point.configuration].json
                    let json: JSON = ["params": params, "seed": .integer(Int64(point.seed))]
                    try tell(plan.isThere(point), plan.name(of: point), json)
                }
            }
        }
        let skipped = try resume ? plan.countThere() : grid.configurations.map { _ in 0 }
        var table = Table(["configuration", "runs"] + (resume ? ["there"] : []) + ["steps", "parameters"])
        var list: [JSON] = []
        for (index, (configuration, runs)) in zip(grid.configurations, grid.counts).enumerated() {
            let (runs, steps, there) = (JSON(runs), JSON(plan.steps[index]), JSON(skipped[index]))
            let words = configuration.parameters.dropFirst().map { "\($0.key)=\($0.value)" }
            table.rows.append(
                [.text(plan.labels[index]), Cell(runs)] + (resume ? [Cell(there)] : [])
                    + [Cell(steps), .text(words.joined(separator: " "))]
            )
            list.append(["params": configuration.json, "runs": runs, "skipped": there, "steps": steps])
        }
        try common.output().emit(.array(list), table)
        if resume { common.notice("\(skipped.reduce(0, +)) of \(grid.count) runs are there already") }
    }
}
