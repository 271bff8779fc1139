/// Who is dead: what is known of the processes of the runs that are recorded as running.
extension Store {
    /// After this long without a sign of life a run that has no process counts as killed, in milliseconds; the setting
    /// `stale_after` of a store says otherwise.
    static let staleAfter: Int64 = 6 * 3600 * 1000

    /// What is known of the process of a run; nil where the run is not recorded as running.
    public func life(of run: Int64) throws(SQLiteError) -> Owner.Life? { try running(run)?.life }

    /// What is known of the processes of all runs that are recorded as running.
    func lives() throws(SQLiteError) -> [Int64: Owner.Life] {
        Dictionary(uniqueKeysWithValues: try running().map { ($0.run, $0.life) })
    }

    /// A run that a process records, or may record; nil where there is none.
    func recordedRun() throws(SQLiteError) -> Int64? {
        try running().first { [.alive, .unknown].contains($0.life) }?.run
    }

    /// Whether more may come of any run: a process records it, may do so, or its client may come back.
    ///
    /// - Returns: false where all have ended, if only by the death of their processes.
    /// - Throws: ``SQLiteError``.
    public func isRecording() throws(SQLiteError) -> Bool { try running().contains { $0.life != .dead } }

    /// Whether there are runs that are recorded as running but whose process is gone.
    ///
    /// - Returns: false where all of those runs may go on.
    /// - Throws: ``SQLiteError``.
    public func hasDeadRuns() throws(SQLiteError) -> Bool { try !deadRuns().isEmpty }

    /// The runs that are recorded as running but whose process is gone.
    func deadRuns() throws(SQLiteError) -> Set<Int64> {
        let (last, isTooEarly) = Moment.now.subtractingReportingOverflow(try settingOfStaleness())
        let list = try connection.prepare(PackageResources.listMortal_sql)
        try list.bind(isTooEarly ? Int64.min : last)
        return Set(try running(list).filter { $0.life == .dead }.map(\.run))
    }

    /// Holds a run to being nobody else's.
    ///
    /// - Parameters:
    ///   - run: its number.
    ///   - isForced: whether it may belong to a process of which nobody knows whether it lives.
    /// - Throws: ``StoreError`` when another process records the run, or may do so; ``SQLiteError``.
    func checkTakeover(of run: Int64, isForced: Bool) throws {
        guard let found = try running(run) else { return }
        // Without a boot that is known, processes of several machines may look like this one.
        if found.owner == Owner.current, !Owner.current.bootID.isEmpty { return }
        switch found.life {
        case .alive: throw StoreError.recordedElsewhere(run: run)
        case .unknown where !isForced:
            throw StoreError.mayBeRecorded(run: run, heard: found.heartbeat, host: found.owner?.host)
        case .unknown, .dead, .remote: return
        }
    }

    /// Puts into the table what readers say of runs whose process has died.
    ///
    /// Of one that has no process it is noted that nobody ended it: its client may come back.
    func markDeadRuns() throws {
        guard try !deadRuns().isEmpty else { return }
        try connection.transaction {
            let noteSilence = try connection.prepare(PackageResources.noteSilence_sql)
            for run in try deadRuns() {
                try markKilled(run)
                try noteSilence.run(run, Self.reasonTag, Self.silence, Moment.now)
            }
        }
    }

    /// The tag that says why a run ended as it did, and what it says of one whose client was not heard of any more.
    static let reasonTag = "varve.reason"
    static let silence = "no sign of life"

    /// Ends a run that is recorded as running as killed, in the transaction that is open; its last sign of life is when it ended.
    func markKilled(_ run: Int64) throws(SQLiteError) {
        try connection.prepare(PackageResources.markKilled_sql).run(run, Moment.now)
        guard connection.changes == 1 else { return }
        try RunSeal(self).seal(run)
    }

    private struct Running {
        let run: Int64
        /// Nil of a run that has no process.
        let owner: Owner?
        let heartbeat: Int64?
        let life: Owner.Life
    }

    private func running() throws(SQLiteError) -> [Running] {
        try running(connection.prepare(PackageResources.listRunning_sql))
    }

    private func running(_ run: Int64) throws(SQLiteError) -> Running? {
        let find = try connection.prepare(PackageResources.findRunning_sql)
        try find.bind(run)
        return try running(find).first
    }

    private func running(_ list: borrowing Statement) throws(SQLiteError) -> [Running] {
        let booted = Owner.booted
        var stale: Int64?
        var runs: [Running] = []
        while try list.step() {
            let heartbeat: Int64? = try list.column(7)
            var owner: Owner?
            if let host: String = try list.column(1), let pid: Int64 = try list.column(5) {
                owner = Owner(
                    host: host,
                    machineID: try list.column(2),
                    bootID: try list.column(3) ?? "",
                    pidNamespace: try list.column(4),
                    pid: pid,
                    processStarted: try list.column(6) ?? 0
                )
            }
            let life: Owner.Life
            if let owner {
                life = owner.life(heartbeat: heartbeat, booted: booted)
            } else {
                let patience: Int64
                if let stale { patience = stale } else { patience = try settingOfStaleness() }
                stale = patience
                life = Moment.age(of: heartbeat ?? .max) > patience ? .dead : .remote
            }
            runs.append(Running(run: try list.column(0), owner: owner, heartbeat: heartbeat, life: life))
        }
        list.reset()
        return runs
    }

    private func settingOfStaleness() throws(SQLiteError) -> Int64 {
        guard case .integer(let milliseconds)? = try setting("stale_after") else { return Self.staleAfter }
        return max(0, milliseconds)
    }

    /// Sets after how long without a sign of life a run that has no process counts as killed.
    ///
    /// - Parameter milliseconds: how long.
    /// - Throws: ``SQLiteError``.
    public func setStaleAfter(_ milliseconds: Int64) throws {
        try connection.transaction {
            guard try setting("stale_after") != .integer(milliseconds) else { return }
            try connection.prepare(PackageResources.setSetting_sql).run("stale_after", milliseconds)
        }
    }

    /// A setting of the store; nil where there is none.
    func setting(_ key: String) throws(SQLiteError) -> SQLValue? {
        let find = try connection.prepare(PackageResources.findSetting_sql)
        try find.bind(key)
        return try find.first { (value: SQLValue) in value }
    }
}
