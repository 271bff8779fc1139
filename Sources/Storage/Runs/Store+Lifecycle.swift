extension Store {
    /// Deletes runs softly: nothing lists them any more, and ``restore(_:)`` brings them back.
    ///
    /// - Parameters:
    ///   - runs: their numbers; all of them are deleted or, when one cannot be, none.
    ///   - isForced: whether also those of which nobody knows whether their process lives. They are killed then, and the process that
    ///     records one gets an error at the next commit. One that has no process may be deleted at any time.
    /// - Returns: those that were not deleted before.
    /// - Throws: ``StoreError`` when one is running, or may be; ``SQLiteError``.
    public func delete(_ runs: [Int64], isForced: Bool = false) throws -> [Int64] {
        try setLifecycle(.deleted, of: runs) { run in
            try endForDeletion(run.number, isForced: isForced)
        }
    }

    /// Ends a run that is recorded as running where its process is gone or may be, in the transaction that is open.
    ///
    /// - Parameters:
    ///   - run: its number.
    ///   - isForced: whether also one of which nobody knows whether its process lives.
    ///   - experiment: what is deleted with it, for the error.
    /// - Throws: ``StoreError`` when it is being recorded, or may be; ``SQLiteError``.
    func endForDeletion(_ run: Int64, isForced: Bool, experiment: String? = nil) throws {
        switch try life(of: run) {
        case nil, .remote?: return
        case .alive?: throw StoreError.runIsRunning(number: run, experiment: experiment)
        case .unknown?, .dead?:
            try checkTakeover(of: run, isForced: isForced)
            try markKilled(run)
        }
    }

    /// Restores deleted runs.
    ///
    /// - Parameter runs: their numbers; all of them are restored or, when one cannot be, none.
    /// - Returns: those that were deleted.
    /// - Throws: ``StoreError`` when the experiment of one is deleted; ``SQLiteError``.
    public func restore(_ runs: [Int64]) throws -> [Int64] {
        try setLifecycle(.active, of: runs) { run in
            guard try experiment(named: run.experiment)?.lifecycle != .deleted else {
                throw StoreError.runOfDeletedExperiment(number: run.number, experiment: run.experiment)
            }
        }
    }

    private func setLifecycle(
        _ lifecycle: Lifecycle,
        of runs: [Int64],
        check: (Run) throws -> Void
    ) throws -> [Int64] {
        try connection.transaction {
            let update = try connection.prepare(PackageResources.setRunLifecycle_sql)
            var changed: [Int64] = []
            for number in runs {
                guard let run = try run(number: number) else {
                    throw StoreError.runGone(number: number, path: path)
                }
                try check(run)
                try update.run(number, lifecycle, Moment.now)
                if connection.changes > 0 { changed.append(number) }
            }
            return changed
        }
    }

    /// Whether a run was deleted; nil where there is no such run.
    public func lifecycle(of run: Int64) throws(SQLiteError) -> Lifecycle? {
        let statement = try connection.prepare(PackageResources.findLifecycle_sql)
        try statement.bind(run)
        return try statement.first { (lifecycle: Lifecycle) in lifecycle }
    }

    // MARK: Tags

    /// Sets and removes tags of runs, all or none.
    ///
    /// - Parameters:
    ///   - runs: their numbers.
    ///   - tags: the tags to set, in order; a later one of the same key counts.
    ///   - removed: the keys of the tags to remove, where they are.
    /// - Throws: ``StoreError/badKey(_:of:rule:)``, or when a run is not there any more; ``SQLiteError``.
    public func tag(_ runs: [Int64], with tags: [(key: String, value: String)], removing removed: [String] = []) throws
    {
        for key in tags.map(\.key) + removed { try Self.checkKey(key, of: "tag") }
        try connection.transaction {
            let insert = try connection.prepare(PackageResources.insertTag_sql)
            let delete = try connection.prepare(PackageResources.deleteTag_sql)
            let noteRemoval = try connection.prepare(PackageResources.noteTagRemoval_sql)
            let now = Moment.now
            for run in runs {
                // Before its tags, which a run that is gone cannot have.
                try noteChange(of: [run])
                for key in removed {
                    try noteRemoval.run(run, key, now)
                    try delete.run(run, key)
                }
                for tag in tags { try insert.run(run, tag.key, tag.value, now) }
            }
        }
    }

    /// Notes that something of runs was changed, in the transaction that is open.
    ///
    /// - Throws: ``StoreError`` when one is not there any more; ``SQLiteError``.
    func noteChange(of runs: [Int64]) throws {
        let note = try connection.prepare(PackageResources.noteChange_sql)
        for run in runs {
            try note.run(run, Moment.now)
            try checkChange(of: run)
        }
    }

    /// Holds the last statement to having changed the row of a run.
    func checkChange(of run: Int64) throws(StoreError) {
        guard connection.changes == 1 else { throw StoreError.runGone(number: run, path: path) }
    }

    /// Holds the keys of params, tags and metrics to what can be typed and shown.
    ///
    /// They are 1 to 250 characters, as in MLflow, none of them a control character. Tags that begin with `varve.` are
    /// Varve's own.
    ///
    /// - Throws: ``StoreError`` that names the key and the rule.
    static func checkKey(_ key: String, of kind: String) throws(StoreError) {
        let rule: StoreError.KeyRule
        if key.isEmpty {
            rule = .empty
        } else if key.unicodeScalars.count > 250 {
            rule = .tooLong
        } else if key.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            rule = .controlCharacter
        } else if kind == "tag", key.behind("varve.") != nil {
            rule = .reserved
        } else {
            return
        }
        throw StoreError.badKey(key, of: kind, rule: rule)
    }
}
