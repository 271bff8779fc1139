import Questions
import Runner
import Storage

extension RunCommand {
    func execute(_ sweep: Sweep, into store: sending Store) throws {
        let labels = ConfigurationLabels(sweep.grid.configurations).all
        let outcome = try QueueWords.execute(
            sweep.grid.count,
            shard: part.shard,
            isResumed: resume,
            into: store,
            common,
            naming: { "\(labels[$0.configuration]) seed \($0.seed)" },
            { try sweep.execute(into: $0, observe: $1) }
        )
        let isEmpty = sweep.grid.count == 0 && part.shard != nil
        if !isEmpty || !common.output().isForPeople { try report(outcome, of: sweep, labels) }
        try tell(outcome, of: sweep.grid, labels)
    }

    private func report(_ outcome: SweepOutcome, of sweep: Sweep, _ labels: [String]) throws {
        let store = try common.openForReading()
        let kinds = zip(labels, sweep.grid.configurations).map { (name: $0, digest: $1.digest) }
        let runs = ExecutedRuns(outcome.runs, kinds: kinds, in: store)
        let output = common.output()
        switch output.format {
        case .json:
            try output.list([]) { rows in
                try runs.forEach { try rows.append(RunAnswer($0, store, with: .measures).record, []) }
            }
        case .csv:
            try output.list(ExecutedRuns.columns.titles) { rows in
                try runs.forEach {
                    for record in try runs.rows(of: $0) { try rows.append(record, ExecutedRuns.columns) }
                }
            }
        case .table where sweep.grid.isLikeNotebook:
            for line in try sweep.experiment.dataset.content.notebookLines + runs.notebookLines() {
                try output.line(line)
            }
        case .markdown: try output.emit(runs.summary())
        case .table: try output.emit(runs.summary().parts(fitting: Output.width))
        }
        try output.finish()
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
