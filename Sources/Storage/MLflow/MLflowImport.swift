/// The work of one import, inside its transaction: MLflow's file is attached as `mlflow`.
struct MLflowImport {
    /// What is filled.
    let copy: Store
    /// The store that the runs are for: layers that it has keep their positions.
    let known: Store
    let options: MLflowOptions

    /// Makes the tables that tell metrics from variances.
    static func makeMaps(on connection: borrowing Connection) throws(SQLiteError) {
        for name in ["keys", "layers"] {
            try connection.execute(
                "CREATE TEMP TABLE import_\(name) (key TEXT PRIMARY KEY, id INTEGER NOT NULL) STRICT"
            )
        }
        try connection.execute(
            "CREATE TEMP TABLE import_odd (kind TEXT, key TEXT, PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID"
        )
    }

    /// Takes everything over.
    ///
    /// - Returns: the layers, and the keys that were left out.
    /// - Throws: ``StoreError``, ``SQLiteError``.
    func execute() throws -> MLflowFindings {
        let odd = try leaveOutLabels()
        for statement in [
            PackageResources.importExperiments_sql, PackageResources.importRuns_sql, PackageResources.importParams_sql,
            PackageResources.importTags_sql,
        ] {
            try copy.connection.prepare(statement).run()
        }
        try copy.connection.prepare(PackageResources.nameImportedRuns_sql).run(
            options.seedParam,
            options.architectureParam
        )
        var findings = try sortKeys()
        findings.leftOut = odd + findings.leftOut
        for statement in [PackageResources.importMetrics_sql, PackageResources.importVariances_sql] {
            try copy.interruption.check()
            try copy.connection.prepare(statement).run(Double.greatestFiniteMagnitude, Double.infinity)
        }
        try copy.connection.prepare(PackageResources.countImportedSteps_sql).run()
        try sealRuns()
        return findings
    }

    /// Puts checksums under the runs as they were taken over.
    private func sealRuns() throws {
        let rows = try RowChecksums(copy)
        let seal = try RunSeal(copy)
        let set = try copy.connection.prepare(PackageResources.setRowChecksums_sql)
        for (run, isEnded) in try copy.connection.prepare(PackageResources.listImportedRuns_sql)
            .rows(as: { (run: Int64, isEnded: Bool) in (run, isEnded) })
        {
            try set.run(run, rows.variances(of: run), rows.metrics(of: run))
            try copy.summarize(run)
            if isEnded { try seal.seal(run) }
        }
    }

    /// Notes the params and tags that have a key which nobody could type.
    ///
    /// - Returns: what is wrong with each key.
    private func leaveOutLabels() throws -> [String] {
        let keys = try copy.connection.prepare(PackageResources.listImportLabels_sql)
            .rows { (kind: String, key: String) in (kind, key) }
        let note = try copy.connection.prepareOnly("INSERT INTO temp.import_odd VALUES (?, ?)")
        var odd: [String] = []
        for (kind, key) in keys {
            do throws(StoreError) {
                try Store.checkKey(key, of: kind)
            } catch {
                try note.run(kind, key)
                odd.append("\(error)")
            }
        }
        return odd
    }

    /// Decides of each metric whether it is a layer's variance.
    private func sortKeys() throws -> MLflowFindings {
        let keys = try copy.connection.prepare(PackageResources.listImportKeys_sql).rows { (key: String) in key }
        // What is declared as something else may be negative.
        let negative =
            options.pattern == nil || !LayerPlace.isNeverNegative(options.measure)
            ? []
            : Set(
                try copy.connection.prepare(PackageResources.listNegativeKeys_sql)
                    .rows { (key: String) in ExactText(key) }
            )
        var signed: [String] = []
        let mapKey = try copy.connection.prepareOnly("INSERT INTO temp.import_keys VALUES (?, ?)")
        var layers: [(name: String, key: String)] = []
        var odd: [String] = []
        for key in keys {
            let layer = options.pattern?.layer(in: key)
            if layer != nil, negative.contains(ExactText(key)) { signed.append(key) }
            if let layer, !negative.contains(ExactText(key)) {
                layers.append((layer, key))
            } else {
                do {
                    try mapKey.run(key, try copy.metricKey(key))
                } catch let error as StoreError {
                    odd.append("\(error)")
                }
            }
        }
        layers.sort { LayerPattern.isBefore($0.name, $1.name) }
        let mapLayer = try copy.connection.prepareOnly("INSERT INTO temp.import_layers VALUES (?, ?)")
        let starter = try RunStarter(copy)
        var places = try layers.map { (name: $0.name, key: $0.key, position: try position(of: $0.name)) }
        var last = places.compactMap(\.position).max() ?? -1
        for index in places.indices where places[index].position == nil {
            // Positions may repeat; after the last one there is none.
            if last < .max { last += 1 }
            places[index].position = last
        }
        for place in places {
            let layer = LayerPlace(name: place.name, position: place.position ?? 0, measure: options.measure)
            try mapLayer.run(place.key, try starter.layerID(layer))
        }
        let names = places.sorted { ($0.position ?? 0) < ($1.position ?? 0) }.map(\.name)
        return MLflowFindings(layers: names, signed: signed, leftOut: odd)
    }

    /// Where a layer comes in the runs that are there already; new ones come after.
    private func position(of layer: String) throws(SQLiteError) -> Int? {
        let find = try known.connection.prepare(PackageResources.findLayerPosition_sql)
        try find.bind(layer, options.measure)
        return try find.first { (position: Int) in position }
    }
}
