public import Storage

extension WholeRun {
    /// Key and value of everything that the run has, but for what was measured at its layers.
    public var facts: Table {
        let row = answer.run
        var facts: [(String, Cell)] = [
            ("run", Cell(row.number)), ("uuid", .text(row.uuid)), ("experiment", .text(row.experiment)),
            ("name", Cell(row.name)), ("architecture", Cell(row.architecture)), ("seed", Cell(row.seed)),
            ("status", Cell(status: row)), ("lifecycle", lifecycle == .active ? .missing : Cell(lifecycle?.rawValue)),
            ("started", .moment(row.started)), ("ended", row.ended.map { .moment($0) } ?? .missing),
            ("steps", Cell(row.steps)), ("last step", Cell(row.lastStep)), ("dataset", Cell(row.datasetName)),
        ]
        facts += answer.params.map { ("params.\($0.key)", Cell($0.value)) }
        facts += answer.metrics.map { ("metrics.\($0.key)", .real($0.value)) }
        facts += answer.tags.map { ("tags.\($0.key)", Cell($0.value)) }
        facts += [
            ("digest of dataset", Cell(row.datasetDigest)), ("digest of configuration", Cell(row.configurationDigest)),
            ("digest of initial weights", Cell(row.initialWeightsDigest)),
            ("digest of batch order", Cell(row.batchOrderDigest)),
            ("digest of final weights", Cell(row.finalWeightsDigest)), ("numerics", Cell(row.numerics)),
        ]
        facts += (environment?.members ?? []).map { member in
            switch member.value {
            case .null: (member.key, .missing)
            case .string(let text): (member.key, .text(text))
            case let value: (member.key, .text(value.text))
            }
        }
        facts += edits.map { edit in
            let (old, new) = (Self.shown(edit.old), Self.shown(edit.new))
            return ("edited", .text("\(date(edit.at)): \(edit.field) was \(old), is now \(new)"))
        }
        for stage in ["initial", "final"] {
            let kept = tensors.filter { $0.stage == stage }
            guard !kept.isEmpty else { continue }
            let size = byteCount(kept.reduce(0) { $0 + $1.size })
            facts.append(("\(stage) weights", .text("\(kept.count) tensors, \(size)")))
        }
        facts += artifacts.map { ("artifacts.\($0.path)", .bytes($0.size)) }
        return Table(
            ["key", "value"],
            rows: facts.compactMap { key, cell in
                if case .missing = cell { return nil }
                return [.text(key), cell]
            }
        )
    }

    /// What was measured at the layers, a row for each.
    public var layers: Table {
        Table(
            [
                "position", "layer", "name", Column("after_norm", title: "after norm"), "measure", "step", "variance",
            ],
            (answer.variances ?? []).map(\.record)
        )
    }

    /// All of it as one table, for programs: what was measured comes after the facts.
    public var allFacts: Table {
        var facts = facts
        for layer in answer.variances ?? [] {
            facts.append(.text("\(layer.quantity).\(layer.name)"), .real(layer.variance))
        }
        return facts
    }

    private static func shown(_ value: SQLValue) -> String { value == .null ? "missing" : Cell(value).exact }
}

extension LayerVariance {
    /// What the value is called: variance, whatever its definition, or Varve's own name of another measure.
    public var quantity: String {
        RunField.LayerMeasure.allCases.contains { $0 != .variance && $0.stored == measure } ? measure : "variance"
    }
}
