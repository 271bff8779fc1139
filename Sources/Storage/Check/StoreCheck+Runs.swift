extension StoreCheck {
    /// What is known of the rows of one run, which come one after the other.
    private struct Rows {
        let run: Int64
        var lastStep: Int64 = 0
        /// How many layers the first step has.
        var layers: Int64 = 0
        /// The first step that has another number of them.
        var unevenStep: Int64?
        var unevenLayers: Int64 = 0
        var unknownLayers: Int64 = 0
    }

    /// Holds the runs' rows against what there is of each.
    func checkRuns(_ report: Report) throws {
        counts.runs = try store.connection.value("SELECT count(*) FROM runs")
        let facts = try store.connection.prepare(PackageResources.findRunFacts_sql, persistent: true)
        let steps = try store.connection.prepare(PackageResources.countVariancesByStep_sql)
        var rows: Rows?
        while try steps.step() {
            let (run, step, count, unknown): (Int64, Int64, Int64, Int64) = try steps.row { ($0, $1, $2, $3) }
            if rows?.run != run {
                if let rows { try check(rows, facts, report) }
                rows = Rows(run: run, layers: count)
                try Interruption.check()
            }
            counts.variances += count
            rows?.lastStep = step
            rows?.unknownLayers += unknown
            if let layers = rows?.layers, layers != count, rows?.unevenStep == nil {
                rows?.unevenStep = step
                rows?.unevenLayers = count
            }
        }
        if let rows { try check(rows, facts, report) }
        try checkRunsWithoutVariances(report)
        try checkTensors(report)
    }

    private func check(_ rows: Rows, _ facts: borrowing Statement, _ report: Report) throws {
        if rows.unknownLayers > 0 {
            try report(
                Finding(
                    .damage,
                    .runs,
                    run: rows.run,
                    "\(rows.unknownLayers) of its variances are of layers that are missing"
                )
            )
        }
        try facts.bind(rows.run)
        let found = try facts.first { (lastStep: Int64?, isOurs: Bool) in (lastStep, isOurs) }
        guard let (lastStep, isOurs) = found else { return }
        // A program that logs a run may leave out layers as it likes; ours never does.
        if isOurs, let step = rows.unevenStep {
            let line = "it has \(rows.unevenLayers) variances at step \(step), where other steps have \(rows.layers)"
            try report(Finding(.damage, .runs, run: rows.run, line))
        }
        if lastStep != rows.lastStep { find(lastStep, of: rows.run, reaches: rows.lastStep) }
    }

    private func checkRunsWithoutVariances(_ report: Report) throws {
        let statement = try store.connection.prepare(PackageResources.listRunsWithoutVariances_sql)
        while try statement.step() {
            let (run, lastStep, metricStep, isWhole): (Int64, Int64?, Int64?, Bool) = try statement.row {
                ($0, $1, $2, $3)
            }
            if !isWhole {
                try report(Finding(.damage, .runs, run: run, "it is finished, but its variances are missing"))
            }
            // Where a run has no layers its last step is that of its metrics.
            if let lastStep, lastStep != metricStep { find(lastStep, of: run, reaches: metricStep) }
        }
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
