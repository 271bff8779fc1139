/// A named group of runs.
public struct ExperimentRecord: Sendable, Equatable {
    public let id: Int64
    public let name: String
    public let lifecycle: Lifecycle
    /// Milliseconds since 1970.
    public let created: Int64
    /// Milliseconds since 1970; when the experiment itself was changed last.
    public let updated: Int64
    /// How many of its runs have its lifecycle.
    public let runs: Int64
}

extension Store {
    /// The name of the experiment that is there from the start, for runs that name none.
    public static let defaultExperiment = "Default"

    /// Marks the runs that were deleted with their experiment: restoring it brings back these and not those that had
    /// been deleted one by one.
    static let experimentMark = "varve.deleted_with_experiment"

    /// The experiments of a lifecycle, oldest first; looks at every run.
    public func experiments(_ lifecycle: Lifecycle = .active) throws -> [ExperimentRecord] {
        let statement = try connection.prepare(PackageResources.listExperiments_sql)
        try statement.bind(lifecycle)
        return try statement.rows(as: ExperimentRecord.init)
    }

    /// Key and lifecycle of the experiment of a name, if there is one.
    func experiment(named name: String) throws(SQLiteError) -> (id: Int64, lifecycle: Lifecycle)? {
        let find = try connection.prepare(PackageResources.findExperiment_sql)
        try find.bind(name)
        return try find.first { (id: Int64, lifecycle: Lifecycle) in (id, lifecycle) }
    }

    /// Makes an experiment without runs.
    ///
    /// - Throws: ``StoreError`` when the name is empty or taken, also by a deleted experiment; ``SQLiteError``.
    public func createExperiment(named name: String) throws {
        try connection.transaction {
            try checkFree(name)
            _ = try insertExperiment(named: name)
        }
    }

    /// Makes an experiment of a name that is free, in the transaction that is open.
    func insertExperiment(named name: String) throws -> Int64 {
        let insert = try connection.prepare(PackageResources.insertExperiment_sql)
        return try number(in: .experiments) { try insert.run(name, Moment.now) }
    }

    /// Gives an experiment another name.
    ///
    /// - Throws: ``StoreError`` when there is no such experiment, when it is ``defaultExperiment``, or when the new name
    ///   is empty or taken; ``SQLiteError``.
    public func renameExperiment(_ name: String, to newName: String) throws {
        try connection.transaction {
            let id = try changeable(name, .active)
            try checkFree(newName)
            try connection.prepare(PackageResources.renameExperiment_sql).run(id, newName, Moment.now)
            try checkChange(ofExperiment: name)
        }
    }

    /// Deletes an experiment softly, and its runs with it.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - isForced: see ``delete(_:isForced:)``.
    /// - Returns: how many runs were deleted.
    /// - Throws: ``StoreError`` when there is no such experiment, when it is ``defaultExperiment``, or when one of its
    ///   runs is running, or may be; ``SQLiteError``.
    public func deleteExperiment(_ name: String, isForced: Bool = false) throws -> Int {
        try connection.transaction {
            let id = try changeable(name, .active)
            let running = try connection.prepare(PackageResources.listRunningOfExperiment_sql)
            try running.bind(id)
            for run in try running.rows(as: { (number: Int64) in number }) {
                try endForDeletion(run, isForced: isForced, experiment: name)
            }
            try connection.prepare(PackageResources.markRunsOfExperiment_sql)
                .run(id, Self.experimentMark, Moment.now)
            let count = try setLifecycle(.deleted, ofExperiment: id, name)
            return count
        }
    }

    /// Restores a deleted experiment, with the runs that were deleted with it.
    ///
    /// - Returns: how many runs were restored.
    /// - Throws: ``StoreError`` when there is no such deleted experiment; ``SQLiteError``.
    public func restoreExperiment(_ name: String) throws -> Int {
        try connection.transaction {
            let id = try changeable(name, .deleted)
            let count = try setLifecycle(.active, ofExperiment: id, name)
            try connection.prepare(PackageResources.unmarkRunsOfExperiment_sql).run(id, Self.experimentMark)
            return count
        }
    }

    private func setLifecycle(_ lifecycle: Lifecycle, ofExperiment id: Int64, _ name: String) throws -> Int {
        try connection.prepare(PackageResources.setLifecycleOfMarked_sql).run(
            id,
            Self.experimentMark,
            lifecycle,
            Moment.now
        )
        let count = connection.changes
        try connection.prepare(PackageResources.setExperimentLifecycle_sql).run(id, lifecycle, Moment.now)
        try checkChange(ofExperiment: name)
        return count
    }

    /// Holds the last statement to having changed the row of an experiment.
    func checkChange(ofExperiment name: String) throws(StoreError) {
        guard connection.changes == 1 else { throw StoreError.noExperiment(name: name, path: path) }
    }

    private func changeable(_ name: String, _ lifecycle: Lifecycle) throws -> Int64 {
        guard let found = try experiment(named: name) else {
            throw StoreError.noExperiment(name: name, path: path)
        }
        guard found.id != 0 else {
            throw StoreError.experimentStays(name: name)
        }
        guard found.lifecycle == lifecycle else {
            throw lifecycle == .active
                ? StoreError.experimentIsDeleted(name: name) : StoreError.experimentIsActive(name: name)
        }
        return found.id
    }

    private func checkFree(_ name: String) throws {
        guard !name.isEmpty else { throw StoreError.emptyExperimentName }
        switch try experiment(named: name)?.lifecycle {
        case nil: return
        case .active?: throw StoreError.experimentExists(name: name)
        case .deleted?:
            throw StoreError.experimentIsDeleted(name: name)
        }
    }
}
