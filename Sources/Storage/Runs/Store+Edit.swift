extension Store {
    /// Corrects what runs were called, all or none, and keeps what was there before.
    ///
    /// Checksums follow; where a run did not have its checksum before, it does not have it afterwards.
    ///
    /// - Parameters:
    ///   - runs: their numbers.
    ///   - edit: the corrections.
    /// - Returns: what was changed; nothing of a run for which it was all so already.
    /// - Throws: ``StoreError`` when a run is gone, is being recorded, or was executed by Varve and more is to be changed
    ///   than name and experiment; for an experiment that is deleted, a key that breaks the rules of keys,
    ///   or layers that would be one; ``SQLiteError``.
    public func edit(_ runs: [Int64], _ edit: RunEdit) throws -> [Edit] {
        for key in edit.params.map(\.key) + edit.removedParams { try Self.checkKey(key, of: "param") }
        let seal = try RunSeal(self)
        return try connection.transaction {
            var edits: [Edit] = []
            for run in runs { edits += try self.edit(run, edit, seal) }
            return edits
        }
    }

    /// What was changed of a run by hand, oldest first.
    public func edits(of run: Int64) throws(SQLiteError) -> [Edit] {
        let list = try connection.prepare(PackageResources.listEdits_sql)
        try list.bind(run)
        return try list.rows(as: Edit.init)
    }

    private struct Editable {
        var experiment: String
        var name: String?
        var architecture: String?
        var seed: Int64?
        var status: RunStatus
        let isExecuted: Bool
        let isRecorded: Bool
    }

    /// Corrects one run, in the transaction that is open.
    ///
    /// - Parameters:
    ///   - run: its number.
    ///   - edit: the corrections.
    ///   - seal: what puts its checksum under it.
    ///   - isRepeated: whether the correction was made before, in another copy of the run, and is kept already.
    /// - Returns: what was changed.
    /// - Throws: as ``edit(_:_:)``.
    func edit(_ run: Int64, _ edit: RunEdit, _ seal: RunSeal, isRepeated: Bool = false) throws -> [Edit] {
        let find = try connection.prepare(PackageResources.findEditable_sql)
        try find.bind(run)
        guard let old = try find.first(as: Editable.init) else { throw StoreError.runGone(number: run, path: path) }
        if edit.changesRecord, !isRepeated {
            guard !old.isExecuted else { throw StoreError.executedRunEdited(number: run) }
            guard !old.isRecorded else { throw StoreError.runIsRecorded(number: run) }
        }
        // Damage that was there stays to be found.
        let isSealed = try seal.holds(run) || old.status == .running && edit.status.map { $0 != .running } ?? false
        let (at, now) = (try editTime(of: run), Moment.now)
        var edits: [Edit] = []
        func note(_ field: String, _ old: SQLValue, _ new: SQLValue) throws {
            guard old != new, !isRepeated else { return }
            try connection.prepare(PackageResources.insertEdit_sql).run(run, at, field, old, new)
            edits.append(Edit(run: run, at: at, field: field, old: old, new: new))
        }

        var new = old
        if let name = edit.name { new.name = name.isEmpty ? nil : name }
        if let experiment = edit.experiment { new.experiment = experiment }
        if let architecture = edit.architecture { new.architecture = architecture.isEmpty ? nil : architecture }
        if let seed = edit.seed { new.seed = seed }
        if let status = edit.status { new.status = status }
        let experiment = try edit.experiment.map { try RunStarter(self).experimentID(named: $0) }
        try connection.prepare(PackageResources.setEdited_sql)
            .run(run, experiment, new.name, new.architecture, new.seed, new.status, now)
        try checkChange(of: run)
        try note("experiment", .text(old.experiment), .text(new.experiment))
        try note("name", old.name.sqlValue, new.name.sqlValue)
        try note("architecture", old.architecture.sqlValue, new.architecture.sqlValue)
        try note("seed", old.seed.sqlValue, new.seed.sqlValue)
        try note("status", old.status.sqlValue, new.status.sqlValue)
        if let measure = edit.measure { try setMeasure(measure, of: run, note) }
        for (key, value) in try paramsAfter(edit) {
            let find = try connection.prepare(PackageResources.findParam_sql)
            try find.bind(run, key)
            let old = try find.first { (value: SQLValue) in value } ?? .null
            try connection.prepare(PackageResources.deleteParam_sql).run(run, key)
            if value != .null { try connection.prepare(PackageResources.insertParam_sql).run(run, key, value) }
            try note("params.\(key)", old, value)
        }
        if isSealed { try seal.seal(run) }
        return edits
    }

    private func editTime(of run: Int64) throws(SQLiteError) -> Int64 {
        let next = try connection.prepare(PackageResources.nextEdit_sql)
        try next.bind(run, Moment.now, Moment.range.upperBound)
        return try next.only()
    }

    /// Each param to be changed once, with null for what is to be removed.
    private func paramsAfter(_ edit: RunEdit) throws -> [(key: String, value: SQLValue)] {
        var values: [ExactText: (key: String, value: SQLValue)] = [:]
        for key in edit.removedParams { values[ExactText(key)] = (key, .null) }
        for param in edit.params { values[ExactText(param.key)] = param }
        return values.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Says of all that a run recorded at its layers what it is.
    private func setMeasure(
        _ measure: String,
        of run: Int64,
        _ note: (String, SQLValue, SQLValue) throws -> Void
    ) throws {
        let layers = try layers(ofRun: run)
        guard layers.contains(where: { !$0.place.measure.isExactly(measure) }) else { return }
        let before = try RowChecksums(self).variances(of: run)
        let starter = try RunStarter(self)
        var taken = Set(layers.map(\.id))
        for layer in layers where !layer.place.measure.isExactly(measure) {
            let place = layer.place
            let id = try starter.layerID(
                LayerPlace(
                    name: place.name,
                    shortName: place.shortName,
                    position: place.position,
                    measure: measure,
                    afterNorm: place.afterNorm
                )
            )
            guard taken.insert(id).inserted else {
                throw StoreError.layersWouldBeOne(run: run, layer: place.name, measure: measure)
            }
            try connection.prepare(PackageResources.moveVariances_sql).run(run, layer.id, id)
            try connection.prepare(PackageResources.moveLayer_sql).run(run, layer.id, id)
        }
        try connection.prepare(PackageResources.changeVariancesChecksum_sql)
            .run(run, before, RowChecksums(self).variances(of: run))
        try checkChange(of: run)
        let old = Set(layers.map { ExactText($0.place.measure) }).sorted().map(\.text).joined(separator: ", ")
        try note("measure", .text(old), .text(measure))
    }
}
