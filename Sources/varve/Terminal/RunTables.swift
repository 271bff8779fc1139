import Questions
import Storage

/// One run whole, as tables: its facts, and its layers.
struct RunTables {
    let run: WholeRun

    func write(to output: Output) throws {
        var facts = Table(["key", "value"])
        facts.rows = self.facts
        let variances = run.answer.variances ?? []
        if output.format == .csv {
            // One table for programs: the variances are facts as well.
            for layer in variances { facts.append(.text("\(layer.quantity).\(layer.name)"), .real(layer.variance)) }
            return try output.emit(facts)
        }
        try output.emit(facts)
        try output.line()
        let columns: [Column] = [
            Column("position"), Column("layer"), Column("name"), Column("after_norm", title: "after norm"),
            Column("measure"), Column("step"), Column("variance"),
        ]
        var layers = Table(columns.titles)
        layers.rows = variances.map { columns.cells(of: $0.record) }
        try output.emit(layers)
    }

    /// Key and value of everything that the run has.
    private var facts: [[Cell]] {
        let row = run.answer.run
        let isDeleted = run.lifecycle.map { $0 != .active } ?? false
        var facts: [(String, Cell)] = [
            ("run", Cell(row.number)), ("uuid", .text(row.uuid)), ("experiment", .text(row.experiment)),
            ("name", Cell(row.name)), ("architecture", Cell(row.architecture)), ("seed", Cell(row.seed)),
            ("status", Cell(status: row)), ("lifecycle", isDeleted ? Cell(run.lifecycle?.rawValue) : .missing),
            ("started", .moment(row.started)), ("ended", row.ended.map { .moment($0) } ?? .missing),
            ("steps", Cell(row.steps)), ("last step", Cell(row.lastStep)), ("dataset", Cell(row.datasetName)),
        ]
        facts += run.answer.params.map { ("params.\($0.key)", Cell($0.value)) }
        facts += run.answer.metrics.map { ("metrics.\($0.key)", .real($0.value)) }
        facts += run.answer.tags.map { ("tags.\($0.key)", Cell($0.value)) }
        facts += [
            ("digest of dataset", Cell(row.datasetDigest)), ("digest of configuration", Cell(row.configurationDigest)),
            ("digest of initial weights", Cell(row.initialWeightsDigest)),
            ("digest of batch order", Cell(row.batchOrderDigest)),
            ("digest of final weights", Cell(row.finalWeightsDigest)), ("numerics", Cell(row.numerics)),
        ]
        facts += (run.environment?.members ?? []).map { member in
            if case .string(let text) = member.value { return (member.key, .text(text)) }
            return (member.key, .text(member.value.text))
        }
        facts += run.edits.map { edit in
            let (old, new) = (Self.shown(edit.old), Self.shown(edit.new))
            return ("edited", .text("\(date(edit.at)): \(edit.field) was \(old), is now \(new)"))
        }
        for stage in ["initial", "final"] {
            let kept = run.tensors.filter { $0.stage == stage }
            guard !kept.isEmpty else { continue }
            let size = byteCount(kept.reduce(0) { $0 + $1.size })
            facts.append(("\(stage) weights", .text("\(kept.count) tensors, \(size)")))
        }
        facts += run.artifacts.map { ("artifacts.\($0.path)", .bytes($0.size)) }
        return facts.compactMap { key, cell in
            if case .missing = cell { return nil }
            return [.text(key), cell]
        }
    }

    private static func shown(_ value: SQLValue) -> String { value == .null ? "missing" : Cell(value).exact }
}
