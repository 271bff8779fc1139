extension Store {
    /// Copies runs of another store into this one, by their uuids, with everything that belongs to them.
    ///
    /// Datasets, weights, layers, environments and metrics' keys are found again by content, experiments by name. Of a run
    /// that is here already what has come since is taken over, and of what was changed by hand the later change; one that
    /// recorded something else is passed over as ``MergedRun/Outcome/conflict``. All is done or nothing.
    ///
    /// - Parameters:
    ///   - source: a store opened for reading.
    ///   - name: what errors call it; its path unless given.
    ///   - runs: the numbers of the runs there; nil for all, and what no run belongs to.
    ///   - isKeepingNumbers: whether runs keep their numbers, as they can in a new store.
    ///   - merged: takes what became of each run, in the order of the source, once all is done.
    /// - Returns: the datasets that got another name.
    /// - Throws: ``StoreError`` when the source is this store, is damaged or newer; ``SQLiteError``; what `merged` throws.
    public func merge(
        _ source: Store,
        named name: String? = nil,
        runs: [Int64]? = nil,
        isKeepingNumbers: Bool = false,
        merged: (MergedRun) throws -> Void = { _ in }
    ) throws -> [RenamedDataset] {
        try merge(
            source,
            named: name ?? source.path,
            runs: runs,
            isKeepingNumbers: isKeepingNumbers,
            extent: MergeExtent()
        ) { merge in
            try tell(merged)
        }
    }

    // Merges as much of some runs as is wanted; `done` is called when all is done, while the temporary tables are there.
    func merge(
        _ source: Store,
        named name: String,
        runs: [Int64]?,
        isKeepingNumbers: Bool,
        extent: MergeExtent,
        done: (Merge) throws -> Void
    ) throws -> [RenamedDataset] {
        guard !Self.isSameFile(source.file, file) else {
            throw StoreError.mergesItself(path: source.path)
        }
        // What this version does not know of would be left out.
        guard try source.schema() <= Int64(Migration.all.count) else { throw Migration.ahead(source.path) }
        try connection.attach(source.file, as: "source", isImmutable: source.connection.mode == .immutable)
        defer { try? connection.execute("DETACH source") }
        // Every key is looked up in a map that was made in the same transaction, which is a third of the work.
        try connection.execute("PRAGMA foreign_keys = OFF")
        defer { try? connection.execute("PRAGMA foreign_keys = ON") }
        try Merge.makeMaps(on: connection)
        defer { Merge.dropMaps(on: connection) }
        let merge = Merge(
            store: self,
            source: source,
            name: name,
            runs: runs.map(Set.init),
            isKeepingNumbers: isKeepingNumbers,
            extent: extent
        )
        let renamed = try connection.patience.with({ $0.endsStatements = true }) {
            try explainingDamage(of: name) { try connection.transaction { try merge.execute() } }
        }
        try done(merge)
        return renamed
    }

    private func tell(_ merged: (MergedRun) throws -> Void) throws {
        let list = try connection.prepare(PackageResources.listMergedRuns_sql)
        while try list.step() { try merged(list.row(as: MergedRun.init)) }
    }

    private func explainingDamage<Result>(of name: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as SQLiteError where [.constraint, .damaged, .unexpectedType].contains(error.kind) {
            throw StoreError.damagedSource(name: name, what: "it is damaged (\(error.message))")
        }
    }

    /// Whether an error of a merge is the fault of the store that was to be merged, so that others may be merged all the
    /// same.
    public static func isOfSource(_ error: any Error) -> Bool {
        switch error {
        case let error as StoreError:
            [.invalid, .damaged, .altered, .newer, .missing, .unreadable].contains(error.code)
        case let error as SQLiteError: [.damaged, .unexpectedType, .constraint].contains(error.kind)
        default: false
        }
    }
}
