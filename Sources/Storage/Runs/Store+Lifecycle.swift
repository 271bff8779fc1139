extension Store {
    /// Deletes runs softly: nothing lists them any more, and ``restore(_:)`` brings them back.
    ///
    /// - Parameter runs: their numbers; all of them are deleted or, when one cannot be, none.
    /// - Returns: those that were not deleted before.
    /// - Throws: ``StoreError`` when one is running; ``SQLiteError``.
    public func delete(_ runs: [Int64]) throws -> [Int64] {
        try setLifecycle(.deleted, of: runs) { run in
            guard run.status != .running else {
                throw StoreError(.invalid, "run \(run.number) is running: end it before it is deleted")
            }
        }
    }

    /// Brings deleted runs back.
    ///
    /// - Parameter runs: their numbers; all of them are restored or, when one cannot be, none.
    /// - Returns: those that were deleted.
    /// - Throws: ``StoreError`` when the experiment of one is deleted; ``SQLiteError``.
    public func restore(_ runs: [Int64]) throws -> [Int64] {
        try setLifecycle(.active, of: runs) { run in
            guard try experiment(named: run.experiment)?.lifecycle != .deleted else {
                throw StoreError(
                    .invalid,
                    "run \(run.number) belongs to experiment '\(run.experiment)', which is deleted: "
                        + "restore the experiment first, with `varve experiment restore`"
                )
            }
        }
    }

    private func setLifecycle(
        _ lifecycle: Lifecycle,
        of runs: [Int64],
        check: (Run) throws -> Void
    ) throws -> [Int64] {
        try connection.transaction {
            let details = try RunDetails(self)
            let update = try connection.prepare(PackageResources.setRunLifecycle_sql)
            var changed: [Int64] = []
            for number in runs {
                guard let run = try details.run(number: number) else {
                    throw StoreError(.missing, "there is no run \(number) in \(path) any more")
                }
                try check(run)
                try update.run(number, lifecycle)
                if connection.changes > 0 { changed.append(number) }
            }
            return changed
        }
    }

    // MARK: Tags

    /// Sets and removes tags of runs, all or none.
    ///
    /// - Parameters:
    ///   - runs: their numbers.
    ///   - tags: the tags to set, in order; a later one of the same key counts.
    ///   - removed: the keys of the tags to remove, where they are.
    /// - Throws: ``StoreError`` for a key that breaks the rules of ``checkKey(_:of:)``; ``SQLiteError``.
    public func tag(_ runs: [Int64], with tags: [(key: String, value: String)], removing removed: [String] = []) throws
    {
        for key in tags.map(\.key) + removed { try Self.checkKey(key, of: "tag") }
        try connection.transaction {
            let insert = try connection.prepare(PackageResources.insertTag_sql)
            let delete = try connection.prepare(PackageResources.deleteTag_sql)
            for run in runs {
                for key in removed { try delete.run(run, key) }
                for tag in tags { try insert.run(run, tag.key, tag.value) }
            }
        }
    }

    /// Holds the keys of params, tags and metrics to what can be typed and shown.
    ///
    /// They are 1 to 250 characters, as in MLflow, none of them a control character. Tags that begin with `varve.` are
    /// Varve's own.
    ///
    /// - Throws: ``StoreError`` that names the key and the rule.
    static func checkKey(_ key: String, of kind: String) throws(StoreError) {
        let rule: String
        if key.isEmpty {
            rule = "is empty"
        } else if key.unicodeScalars.count > 250 {
            rule = "is longer than 250 characters"
        } else if key.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            rule = "holds a control character"
        } else if kind == "tag", key.hasPrefix("varve.") {
            rule = "begins with 'varve.', which is kept for Varve's own tags"
        } else {
            return
        }
        throw StoreError(.invalid, "the key '\(key.prefix(40))' of a \(kind) \(rule): choose another one")
    }
}
