extension Merge {
    /// Notes that a key of the source is another one here.
    private func map(_ name: String) throws(SQLiteError) -> Statement {
        try store.connection.prepareOnly("INSERT INTO temp.merged_\(name) (source_id, id) VALUES (?, ?)")
    }

    func mapLayers() throws {
        let map = try map("layers")
        let starter = try RunStarter(store)
        let list = try store.connection.prepare(PackageResources.listMergeLayers_sql)
        while try list.step() {
            let layer = try list.row(as: StoredLayer.init)
            try map.run(layer.id, try starter.layerID(layer.place))
        }
    }

    func mapKeys() throws {
        let map = try map("keys")
        let list = try store.connection.prepare(PackageResources.listMergeKeys_sql)
        while try list.step() {
            try map.run(try list.column(0) as Int64, try store.metricKey(try list.column(1)))
        }
    }

    func mapExperiments() throws {
        let map = try map("experiments")
        let insert = try store.connection.prepare(PackageResources.mergeExperiment_sql)
        let copyTags = try store.connection.prepare(PackageResources.mergeExperimentTags_sql)
        let list = try store.connection.prepare(PackageResources.listMergeExperiments_sql)
        try list.bind(runs != nil)
        while try list.step() {
            let name: String = try list.column(1)
            let id: Int64
            if let known = try store.experiment(named: name) {
                id = known.id
            } else {
                let lifecycle: Lifecycle = try list.column(2)
                id = try store.number(in: .experiments) {
                    try insert.run(
                        name,
                        lifecycle,
                        try list.column(3) as Int64,
                        try list.column(4) as Int64,
                        try list.column(5) as String?
                    )
                }
                try copyTags.run(try list.column(0) as Int64, id)
            }
            try map.run(try list.column(0) as Int64, id)
        }
    }

    func mapEnvironments() throws {
        let map = try map("environments")
        let insert = try store.connection.prepare(PackageResources.insertEnvironment_sql)
        let find = try store.connection.prepare(PackageResources.findEnvironment_sql)
        let list = try store.connection.prepare(PackageResources.listMergeEnvironments_sql)
        try list.bind(runs != nil)
        while try list.step() {
            let (digest, content): (String, String) = (try list.column(1), try list.column(2))
            guard Digest.sha256(content.utf8) == digest else {
                throw StoreError.damagedSource(name: name, what: "an environment does not have its digest (\(digest))")
            }
            try insert.run(digest, content)
            try find.bind(digest)
            try map.run(try list.column(0) as Int64, try find.only() as Int64)
        }
    }

    /// Finds datasets by their content, and copies those that are not here.
    ///
    /// - Returns: those whose name is that of other content here, and that got another one.
    /// - Throws: ``StoreError`` when the content of one is not what its digest says, or its row not what its checksum
    ///   says; ``SQLiteError``.
    func mapDatasets() throws -> [RenamedDataset] {
        let map = try map("datasets")
        let insert = try store.connection.prepare(PackageResources.insertDataset_sql)
        let copy = try store.connection.prepare(PackageResources.mergeSplits_sql)
        let list = try store.connection.prepare(PackageResources.listMergeDatasets_sql)
        try list.bind(runs != nil)
        var renamed: [RenamedDataset] = []
        while try list.step() {
            let (id, name, digest): (Int64, String, String) = try (list.column(0), list.column(1), list.column(2))
            if let known = try store.dataset(digest: digest) {
                try map.run(id, known.id)
                continue
            }
            let isOmitted = extent.omitted.contains(ExactText(digest))
            if !isOmitted, let record = try source.dataset(digest: digest) { _ = try source.content(of: record) }
            let checksums = try source.datasetChecksums(id)
            guard checksums.stored == nil || checksums.stored == checksums.computed else {
                throw StoreError.damagedSource(
                    name: self.name,
                    what: "the row of dataset '\(name)' does not have its checksum"
                )
            }
            let free = try freeName(name)
            if free != name { renamed.append(RenamedDataset(name: name, newName: free)) }
            let (origin, created): (String, Int64) = try (list.column(3), list.column(6))
            let (features, classes): (Int64, Int64) = try (list.column(4), list.column(5))
            try insert.run(free, digest, origin, features, classes, created)
            let newID = store.connection.lastInsertedID
            try store.sealDataset(newID)
            if !isOmitted { try copy.run(id, newID) }
            try map.run(id, newID)
        }
        return renamed
    }

    private func freeName(_ name: String) throws -> String {
        guard try store.dataset(named: name) != nil else { return name }
        var number = 2
        while try store.dataset(named: "\(name)-\(number)") != nil { number += 1 }
        return "\(name)-\(number)"
    }
}
