/// Begins runs, with statements that are prepared once for any number of them.
final class RunStarter {
    private let store: Store
    private let insertRun: Statement
    private let insertParam: Statement
    private let insertTag: Statement
    private let findExperiment: Statement
    private let findEnvironment: Statement
    private let findLayer: Statement

    init(_ store: Store) throws(SQLiteError) {
        let insertRun = try store.connection.prepare(PackageResources.insertRun_sql)
        let insertParam = try store.connection.prepare(PackageResources.insertParam_sql)
        let insertTag = try store.connection.prepare(PackageResources.insertTag_sql)
        let findExperiment = try store.connection.prepare(PackageResources.findExperiment_sql)
        let findEnvironment = try store.connection.prepare(PackageResources.findEnvironment_sql)
        let findLayer = try store.connection.prepare(PackageResources.findLayer_sql)
        self.store = store
        self.insertRun = insertRun
        self.insertParam = insertParam
        self.insertTag = insertTag
        self.findExperiment = findExperiment
        self.findEnvironment = findEnvironment
        self.findLayer = findLayer
    }

    /// Writes a run's row with its params and tags, in the transaction that is open.
    ///
    /// - Throws: ``StoreError`` when the experiment is deleted, or for a key that nobody could type; ``SQLiteError``.
    func start(_ run: NewRun, layers: [LayerPlace]) throws -> OpenRun {
        for param in run.params { try Store.checkKey(param.key, of: "param") }
        for tag in run.tags { try Store.checkKey(tag.key, of: "tag") }
        let owner = Owner.current
        let uuid = Self.newUUID()
        let now = Moment.now
        let experiment = try experimentID(named: run.experiment)
        let started = try run.started.map { try Moment.checked($0, as: "the start of the run") } ?? now
        let environment = try run.canonicalEnvironment.map { try environmentID($0) }
        let number = try store.number(in: .runs) {
            try insertRun.run(
                uuid,
                experiment,
                run.dataset,
                run.name,
                run.architecture,
                run.seed,
                RunStatus.running,
                started,
                run.canonicalConfiguration?.text,
                run.configurationDigest,
                run.numerics,
                environment,
                owner.host,
                owner.machineID,
                owner.bootID,
                owner.pidNamespace,
                owner.pid,
                owner.processStarted,
                now
            )
        }
        for param in run.params { try insertParam.run(number, param.key, param.value) }
        for tag in run.tags { try insertTag.run(number, tag.key, tag.value, now) }
        if !run.ignoredParams.isEmpty {
            try insertTag.run(number, "varve.ignore", JSON.array(run.ignoredParams.map { .string($0) }).text, now)
        }
        for fact in run.facts { try insertTag.run(number, "varve.\(fact.key)", fact.value, now) }
        return OpenRun(number: number, uuid: uuid, layers: try layers.map { try recorded($0) })
    }

    /// Lets a run go on, in the transaction that is open.
    ///
    /// - Throws: ``StoreError`` when there is no such run, when it is deleted, or when another process records it or may
    ///   do so; ``SQLiteError``.
    func reopen(_ uuid: String, isForced: Bool) throws -> (OpenRun, RunProgress) {
        let find = try store.connection.prepare(PackageResources.findOpenable_sql)
        try find.bind(uuid)
        guard let found = try find.first(as: Openable.init) else {
            throw StoreError.noRun(word: uuid, path: store.path)
        }
        guard found.lifecycle == .active else {
            throw StoreError.runIsDeleted(number: found.run)
        }
        try store.checkTakeover(of: found.run, isForced: isForced)
        let owner = Owner.current
        let now = Moment.now
        try store.connection.prepare(PackageResources.reopenRun_sql)
            .run(
                found.run,
                now,
                owner.host,
                owner.machineID,
                owner.bootID,
                owner.pidNamespace,
                owner.pid,
                owner.processStarted
            )
        try store.checkChange(of: found.run)
        let layers = try store.layers(ofRun: found.run).map { RecordedLayer(id: $0.id, checksum: Checksum($0.place)) }
        return (
            OpenRun(number: found.run, uuid: uuid, layers: layers),
            RunProgress(lastStep: found.lastStep, steps: found.steps, layers: layers, now: Moment.monotonic)
        )
    }

    private struct Openable {
        let run: Int64
        let lifecycle: Lifecycle
        let lastStep: Int64?
        let steps: Int64
    }

    /// A random UUID (version 4) without its hyphens, as MLflow writes run ids.
    static func newUUID() -> String {
        var words = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
        return withUnsafeMutableBytes(of: &words) { bytes in
            bytes[6] = bytes[6] & 0x0F | 0x40
            bytes[8] = bytes[8] & 0x3F | 0x80
            return Digest.hexadecimal(bytes)
        }
    }

    /// The key of an experiment, which is made unless it is there.
    func experimentID(named name: String) throws -> Int64 {
        guard !name.isEmpty else { throw StoreError.emptyExperimentName }
        try findExperiment.bind(name)
        if let found = try findExperiment.first(as: { (id: Int64, lifecycle: String) in (id, lifecycle) }) {
            guard found.1 == "active" else {
                throw StoreError.experimentIsDeleted(name: name)
            }
            return found.0
        }
        return try store.insertExperiment(named: name)
    }

    /// The key of an environment, which is stored unless it is there.
    func environmentID(_ environment: CanonicalText) throws(SQLiteError) -> Int64 {
        try findEnvironment.bind(environment.digest)
        if let found = try findEnvironment.first(as: { (id: Int64) in id }) { return found }
        try store.connection.prepare(PackageResources.insertEnvironment_sql).run(environment.digest, environment.text)
        return store.connection.lastInsertedID
    }

    /// A layer as a run has it, which is stored unless it is there.
    func recorded(_ layer: LayerPlace) throws(SQLiteError) -> RecordedLayer {
        RecordedLayer(id: try layerID(layer), checksum: Checksum(layer))
    }

    /// The key of a layer, which is stored unless it is there.
    func layerID(_ layer: LayerPlace) throws(SQLiteError) -> Int64 {
        try findLayer.bind(layer.name, layer.shortName, layer.position, layer.measure, layer.afterNorm)
        if let found = try findLayer.first(as: { (id: Int64) in id }) { return found }
        // Another process may be quicker where no transaction is open.
        try store.connection.prepare(PackageResources.insertLayer_sql)
            .run(layer.name, layer.shortName, layer.position, layer.measure, layer.afterNorm)
        try findLayer.bind(layer.name, layer.shortName, layer.position, layer.measure, layer.afterNorm)
        return try findLayer.only()
    }
}

extension Store {
    /// The key of a metric's name, which is stored unless it is there.
    ///
    /// - Throws: ``StoreError`` for a key that nobody could type; ``SQLiteError``.
    func metricKey(_ key: String) throws -> Int64 {
        try Self.checkKey(key, of: "metric")
        try connection.prepare(PackageResources.insertMetricKey_sql).run(key)
        let find = try connection.prepare(PackageResources.findMetricKey_sql)
        try find.bind(key)
        return try find.only()
    }
}
