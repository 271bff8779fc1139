extension Merge {
    /// Decides what becomes of each run, and gives numbers to those that are new.
    func chooseRuns() throws {
        let note = try store.connection.prepare(PackageResources.noteMergedRun_sql)
        let list = try store.connection.prepare(PackageResources.listMergeRuns_sql)
        let comparison = try RunComparison(store)
        var last: Int64 = try store.connection.prepare(PackageResources.lastRunNumber_sql).only()
        while try list.step() {
            try store.interruption.check()
            let (run, uuid, known): (Int64, String, Int64?) = try list.row { ($0, $1, $2) }
            if let runs, !runs.contains(run) { continue }
            guard uuid.utf8.count == 32, uuid.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
            else {
                throw StoreError.damagedSource(name: name, what: "run \(run) has no valid uuid: '\(uuid.prefix(40))'")
            }
            if let known {
                try note.run(run, known, try outcome(comparison, run, known, uuid))
            } else {
                last += 1
                try note.run(run, isKeepingNumbers ? run : last, MergedRun.Outcome.added)
            }
        }
    }

    /// What becomes of a run that is here already.
    private func outcome(
        _ comparison: RunComparison,
        _ run: Int64,
        _ known: Int64,
        _ uuid: String
    ) throws -> MergedRun.Outcome {
        let rows = try comparison.rows(run, known)
        func conflict(_ what: String) -> StoreError {
            StoreError.conflict(run: run, source: name, known: known, path: store.path, uuid: uuid, difference: what)
        }
        guard rows.isBegunAlike else { throw conflict("what they were begun with") }
        let isSettled = !Self.isOpen(rows.status)
        switch (isSettled, Self.isOpen(rows.knownStatus)) {
        case (true, true): return .replaced
        // A copy that was made while the run was not done yet.
        case (false, false): return .present
        case (true, false):
            if let difference = try comparison.difference(run, known) { throw conflict(difference) }
            guard rows.isEndedAlike else { throw conflict("how they ended") }
            return .present
        case (false, true):
            let isEnded = rows.status != .running
            // What was recorded since may be no more than the end, or stand in the place of earlier rows.
            if isEnded, rows.isLater { return .replaced }
            switch try comparison.relation(run, known) {
            case .same, .behind: return .present
            case .ahead: return isEnded ? .replaced : .running
            case .apart:
                if rows.isEarlier { return .present }
                guard !isEnded else { throw conflict("their rows") }
                return .running
            }
        }
    }

    /// Whether more may come: a killed run may be one that somebody took for dead while it went on elsewhere.
    private static func isOpen(_ status: RunStatus) -> Bool { status == .running || status == .killed }
}
