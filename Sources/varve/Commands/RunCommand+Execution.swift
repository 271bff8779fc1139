import ArgumentParser
import Glibc
import Runner
import Storage

extension RunCommand {
    func execute(_ sweep: Sweep, into store: sending Store) throws {
        Signals.catchInterruptions()
        let labels = ConfigurationLabels(sweep.grid.configurations)
        let total = sweep.grid.count
        var progress = ProgressReport()
        defer { progress.end() }
        let outcome: SweepOutcome
        do {
            outcome = try sweep.execute(into: store) { state in
                guard !common.quiet else { return }
                progress.update(state) { "\(labels.all[$0.configuration]) seed \($0.seed)" }
            }
        } catch {
            progress.end()
            common.notice("the sweep did not end; to go on when this is mended: \(QueueWords.resuming)")
            throw error
        }
        progress.end()
        try QueueWords.checkInterruption(outcome, of: total)
        let isEmpty = part.tellEmpty(total, common)
        if resume { QueueWords.tellResumption(outcome, of: total, common) }
        if !isEmpty || ![.table, .markdown].contains(common.format) {
            let reading = try common.openForReading()
            try RunReport(outcome, of: sweep, labels, in: reading).write(to: common.output())
        }
        try tell(outcome, of: sweep.grid, labels.all)
    }

    /// Tells which runs lost finiteness and which failed, the first ten of each.
    private func tell(_ outcome: SweepOutcome, of grid: Grid, _ labels: [String]) throws {
        func name(_ run: Int64, _ point: Grid.Point) -> String {
            "run \(run) (\(labels[point.configuration]), seed \(point.seed))"
        }
        for note in outcome.remarks.first {
            let place = note.fact.layer.map { "layer '\($0.name)'" } ?? "the loss"
            common.notice("\(name(note.run, note.point)) lost finiteness at step \(note.fact.step), \(place)")
        }
        if outcome.remarks.count > outcome.remarks.first.count {
            common.notice("\(outcome.remarks.count) of \(grid.count) runs lost finiteness")
        }
        try QueueWords.checkFailures(outcome, of: grid.count, name)
    }
}
