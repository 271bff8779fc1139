extension StoreCheck {
    /// What the row of a run says.
    private struct Facts {
        let run: Int64
        let lastStep: Int64?
        /// Whether Varve executed it.
        let isOurs: Bool
        let isFinished: Bool
        let isUnproven: Bool
        let hasEnded: Bool
        let variances: Int64?
        let metrics: Int64?
        let end: Int64?

        var checksums: RowProof.Checksums {
            .init(isUnproven: isUnproven, hasEnded: hasEnded, variances: variances, metrics: metrics, end: end)
        }
    }

    /// What is known of the variances of one run, which come one after the other.
    private struct Rows {
        var count: Int64 = 0
        var lastStep: Int64?
        /// How many layers the first step has, and the present one so far.
        var layers: Int64?
        var layersOfStep: Int64 = 0
        /// The first step that has another number of them.
        var uneven: (step: Int64, layers: Int64)?
        var unknownLayers: Int64 = 0
        /// The last step of each layer.
        var lastSteps: [Int64: Int64] = [:]

        mutating func add(step: Int64, layer: Int64, isKnown: Bool) {
            if step != lastStep { endStep() }
            lastStep = step
            count += 1
            layersOfStep += 1
            if isKnown { lastSteps[layer] = step } else { unknownLayers += 1 }
        }

        mutating func endStep() {
            guard let lastStep else { return }
            if let layers, layers != layersOfStep, uneven == nil { uneven = (lastStep, layersOfStep) }
            layers = layers ?? layersOfStep
            layersOfStep = 0
        }
    }

    /// Holds the runs' rows against what there is of each.
    func checkRuns(_ report: Report) throws {
        let sums = try RowChecksums(store)
        let seal = try RunSeal(store)
        var unproven: Int64 = 0
        let list = try store.connection.prepare(PackageResources.listRunFacts_sql)
        while try list.step() {
            try store.interruption.check()
            let facts = try list.row(as: Facts.init)
            counts.runs += 1
            if facts.isUnproven { unproven += 1 }
            try check(facts, sums, seal, report)
        }
        if unproven > 0 {
            let line = "\(unproven == 1 ? "1 run" : "\(unproven) runs") without checksums"
            try report(Finding(.unproven, .runs, line, remedy: .verification))
        }
        try checkTensors(report)
    }

    private func check(_ facts: Facts, _ sums: RowChecksums, _ seal: RunSeal, _ report: Report) throws {
        var rows = Rows()
        let variances = try sums.variances(of: facts.run) { rows.add(step: $0, layer: $1, isKnown: $2) }
        rows.endStep()
        counts.variances += rows.count
        if rows.unknownLayers > 0 {
            let line = "\(rows.unknownLayers) of its variances are of layers that are missing"
            try report(Finding(.damage, .runs, run: facts.run, line))
        }
        // A program that logs a run may leave out layers as it likes; ours never does.
        if facts.isOurs, let (step, layers) = rows.uneven, let usual = rows.layers {
            let line = "it has \(layers) variances at step \(step), where other steps have \(usual)"
            try report(Finding(.damage, .runs, run: facts.run, line))
        }
        if rows.count == 0, facts.isOurs, facts.isFinished {
            try report(Finding(.damage, .runs, run: facts.run, "it is finished, but its variances are missing"))
        }
        var summaries: [Int64: MetricSummary] = [:]
        var impossible = 0
        let metrics = try sums.metrics(of: facts.run) { key, row in
            summaries[key, default: row].add(row)
            if !Moment.isPossible(row.timestamp) { impossible += 1 }
        }
        if impossible > 0 {
            let line = "\(impossible) values of its metrics have a time outside of the years 1 to 9999"
            try report(Finding(.damage, .runs, run: facts.run, line))
        }
        let end = try seal.checksum(of: facts.run)
        for line in facts.checksums.complaints(variances: variances, metrics: metrics, end: end) {
            try report(Finding(.damage, .digests, run: facts.run, line))
        }
        try check(facts, rows, summaries, report)
    }

    private func check(_ facts: Facts, _ rows: Rows, _ summaries: [Int64: MetricSummary], _ report: Report) throws {
        // Where a run has no layers its last step is that of its metrics. One that has layers may have no rows yet.
        let reached = rows.lastStep ?? summaries.values.map(\.step).max()
        if facts.lastStep != reached, rows.lastStep != nil || facts.lastStep != nil {
            find(facts.lastStep, of: facts.run, reaches: reached)
        }
        let isRight = try lastSteps(of: facts.run) == rows.lastSteps && self.summaries(of: facts.run) == summaries
        guard !isRight else { return }
        let line = "the latest values noted for its layers and metrics are not those of its rows"
        find(Finding(.damage, .runs, run: facts.run, line)) { [store] in
            try store.connection.transaction { try store.summarize(facts.run) }
        }
    }

    private func lastSteps(of run: Int64) throws -> [Int64: Int64] {
        let list = try store.connection.prepare(PackageResources.listRunLayers_sql)
        try list.bind(run)
        var steps: [Int64: Int64] = [:]
        while try list.step() { steps[try list.column(0)] = try list.column(1) as Int64 }
        return steps
    }

    private func summaries(of run: Int64) throws -> [Int64: MetricSummary] {
        let list = try store.connection.prepare(PackageResources.listMetricKeys_sql)
        try list.bind(run)
        var summaries: [Int64: MetricSummary] = [:]
        while try list.step() {
            summaries[try list.column(0)] = MetricSummary(
                step: try list.column(1),
                timestamp: try list.column(2),
                value: try list.column(3),
                isNaN: try list.column(4),
                least: try list.column(5),
                leastStep: try list.column(6),
                greatest: try list.column(7),
                greatestStep: try list.column(8)
            )
        }
        return summaries
    }

    private func find(_ lastStep: Int64?, of run: Int64, reaches step: Int64?) {
        let (said, found) = (lastStep?.description ?? "none", step?.description ?? "none")
        let line = "its last step is said to be \(said), but that of its rows is \(found)"
        find(Finding(.damage, .runs, run: run, line)) { [store] in
            try store.connection.prepare(PackageResources.mendLastStep_sql).run(run)
        }
    }

    private func checkTensors(_ report: Report) throws {
        let gaps = try store.connection.prepare(PackageResources.listTensorGaps_sql)
        while try gaps.step() {
            let (run, stage): (Int64, String) = try gaps.row { ($0, $1) }
            try report(Finding(.damage, .runs, run: run, "some of its \(stage) weights are missing"))
        }
        let statement = try store.connection.prepare(PackageResources.listTensorSizes_sql)
        while try statement.step() {
            let (run, stage, name, shape): (Int64, String, String, String) = try statement.row { ($0, $1, $2, $3) }
            let (dtype, size): (String, Int64) = (try statement.column(4), try statement.column(5))
            guard Self.size(shape, dtype) != size else { continue }
            let line = "its tensor \(name) (\(stage)) has \(size) bytes, which are not \(dtype) of shape \(shape)"
            try report(Finding(.damage, .runs, run: run, line))
        }
    }

    /// The bytes of a tensor; nil for a shape or a type that is none.
    private static func size(_ shape: String, _ dtype: String) -> Int64? {
        guard let width: Int64 = ["F32": 4, "I64": 8][dtype], case .array(let items)? = try? JSON(parsing: shape) else {
            return nil
        }
        var size = width
        for item in items {
            guard case .integer(let count) = item, count >= 0 else { return nil }
            let (product, overflow) = size.multipliedReportingOverflow(by: count)
            guard !overflow else { return nil }
            size = product
        }
        return size
    }
}
