extension Merge {
    /// Takes over what was changed by hand of runs that are here already: the later change counts.
    func mergeLabels(restored: [Int64]) throws {
        var changed = Set(restored)
        changed.formUnion(try runs(PackageResources.mergeEdits_sql))
        try store.connection.prepare(PackageResources.mergeTagRemovals_sql).run()
        if notes.hasKnown {
            changed.formUnion(try runs(PackageResources.removeMergedTags_sql))
            changed.formUnion(try runs(PackageResources.mergeLaterTags_sql))
        }
        changed.formUnion(try runs(PackageResources.mergeArtifacts_sql))
        changed.formUnion(try runs(PackageResources.mergeRunInputs_sql))
        changed.formUnion(try runs(PackageResources.mergeLoggedModels_sql))
        guard notes.hasKnown else { return }
        let note = try store.connection.prepare(PackageResources.noteLabelled_sql)
        for run in changed { try note.run(run) }
        try store.connection.prepare(PackageResources.dateMergedRuns_sql).run()
        let seal = try RunSeal(store)
        let corrected = try store.connection.prepare(PackageResources.listCorrected_sql)
            .rows { (run: Int64, architecture: String?, seed: Int64?) in (run, architecture, seed) }
        for (run, architecture, seed) in corrected { try correct(run, architecture, seed, seal) }
    }

    /// The runs that a statement changes.
    func runs(_ statement: [UInt8]) throws -> [Int64] {
        try store.connection.prepare(statement).rows { (run: Int64) in run }
    }

    /// Gives a run the values that it was given by hand last, and keeps what it knew before.
    private func correct(_ run: Int64, _ architecture: String?, _ seed: Int64?, _ seal: RunSeal) throws {
        guard let current = try store.run(number: run) else { return }
        var edit = RunEdit()
        if current.architecture == nil { edit.architecture = architecture }
        if current.seed == nil { edit.seed = seed }
        for last in try store.edits(of: run) {
            switch (last.field, last.new) {
            case ("name", let value): edit.name = String(sqlValue: value) ?? ""
            case ("architecture", let value): edit.architecture = String(sqlValue: value) ?? ""
            case ("seed", .integer(let value)): edit.seed = value
            case ("measure", .text(let value)): edit.measure = value
            case ("status", .text(let value)): edit.status = RunStatus(rawValue: value)
            case ("experiment", .text(let value)):
                edit.experiment = try store.experiment(named: value)?.lifecycle == .deleted ? nil : value
            case (let field, let value):
                if let key = field.behind("params.") { edit.params.append((key, value)) }
            }
        }
        _ = try store.edit(run, edit, seal, isRepeated: true)
    }
}
