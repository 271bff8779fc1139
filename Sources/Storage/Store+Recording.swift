extension Store {
    /// Commits a run's row with its params and tags; see ``Recorder/start(_:layers:)``.
    func begin(_ run: NewRun, layers: [LayerPlace]) throws -> OpenRun {
        try connection.transaction {
            let experiment = try experimentID(named: run.experiment)
            let environment = try run.environment.map { try environmentID($0) }
            let configuration = run.configuration?.canonical.text
            let owner = Owner.current
            let uuid = Self.newUUID()
            let now = Moment.now
            try connection.prepare(PackageResources.insertRun_sql).run(
                uuid,
                experiment,
                run.dataset,
                run.name,
                run.architecture,
                run.seed,
                RunStatus.running,
                now,
                configuration,
                configuration.map { Digest.sha256($0.utf8) },
                run.numerics,
                environment,
                owner.host,
                owner.bootID,
                owner.pid,
                owner.processStarted
            )
            let number = connection.lastInsertedID
            let insertParam = try connection.prepare(PackageResources.insertParam_sql)
            for param in run.params { try insertParam.run(number, param.key, param.value) }
            let insertTag = try connection.prepare(PackageResources.insertTag_sql)
            for tag in run.tags { try insertTag.run(number, tag.key, tag.value) }
            let ids = try layers.map { try layerID($0) }
            return OpenRun(number: number, uuid: uuid, layerIDs: ids)
        }
    }

    /// A random UUID (version 4) without its hyphens, as MLflow writes run ids.
    private static func newUUID() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        return Digest.hexadecimal(bytes)
    }

    private func experimentID(named name: String) throws -> Int64 {
        guard !name.isEmpty else { throw StoreError(.invalid, "the name of an experiment is empty") }
        let find = try connection.prepare(PackageResources.findExperiment_sql)
        try find.bind(name)
        if let found = try find.first(as: { (id: Int64, lifecycle: String) in (id, lifecycle) }) {
            guard found.1 == "active" else {
                throw StoreError(.invalid, "experiment '\(name)' is deleted: restore it or choose another name")
            }
            return found.0
        }
        try connection.prepare(PackageResources.insertExperiment_sql).run(name, Moment.now)
        return connection.lastInsertedID
    }

    private func environmentID(_ environment: JSON) throws(SQLiteError) -> Int64 {
        let content = environment.canonical.text
        let digest = Digest.sha256(content.utf8)
        try connection.prepare(PackageResources.insertEnvironment_sql).run(digest, content)
        let find = try connection.prepare(PackageResources.findEnvironment_sql)
        try find.bind(digest)
        return try find.only()
    }

    func layerID(_ layer: LayerPlace) throws(SQLiteError) -> Int64 {
        try connection.prepare(PackageResources.insertLayer_sql)
            .run(layer.name, layer.shortName, layer.position, layer.measure, layer.afterNorm)
        let find = try connection.prepare(PackageResources.findLayer_sql)
        try find.bind(layer.name, layer.shortName, layer.position, layer.measure, layer.afterNorm)
        return try find.only()
    }

    func metricKey(_ key: String) throws -> Int64 {
        try connection.prepare(PackageResources.insertMetricKey_sql).run(key)
        let find = try connection.prepare(PackageResources.findMetricKey_sql)
        try find.bind(key)
        return try find.only()
    }
}
