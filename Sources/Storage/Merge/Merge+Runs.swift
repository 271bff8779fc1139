extension Merge {
    /// Decides what becomes of each run, and gives numbers to those that are new.
    func chooseRuns() throws {
        let note = try store.connection.prepare(PackageResources.noteMergedRun_sql)
        let list = try store.connection.prepare(PackageResources.listMergeRuns_sql)
        try list.bind(numbers.lowerBound, numbers.upperBound)
        let growth = try MergeGrowth(store)
        let comparison = try RunComparison(store, growth)
        var last = try store.lastNumber(in: .runs)
        while try list.step() {
            try store.interruption.check()
            let (run, uuid, known, purged): (Int64, String, Int64?, Int64?) = try list.row { ($0, $1, $2, $3) }
            if let runs, !runs.contains(run) { continue }
            guard Digest.isHexadecimal(uuid, count: 32) else {
                throw StoreError.damagedSource(name: name, what: "run \(run) has no valid uuid: '\(uuid.prefix(40))'")
            }
            if let known {
                notes.hasKnown = true
                let fate = try fate(comparison, run, known)
                try note.run(run, known, fate.outcome, fate.difference)
                if fate.outcome == .updated { try growth.note(run, known) }
            } else if let purged {
                try note.run(run, purged, MergedRun.Outcome.purged, String?.none)
            } else {
                guard last < .max else { throw StoreError.noNumberLeft(path: store.path, of: .runs) }
                last += 1
                let number = isKeepingNumbers ? run : last
                try note.run(run, number, MergedRun.Outcome.added, String?.none)
                if let part = extent.parts[run], let cut = try growth.choose(part, as: number, in: store) {
                    notes.add(cut)
                }
            }
        }
    }

    /// What becomes of a run that is here already.
    private enum Fate {
        case outcome(MergedRun.Outcome)
        case conflict(String)

        var outcome: MergedRun.Outcome { if case .outcome(let outcome) = self { outcome } else { .conflict } }
        var difference: String? { if case .conflict(let difference) = self { difference } else { nil } }
    }

    private func fate(_ comparison: RunComparison, _ run: Int64, _ known: Int64) throws -> Fate {
        let rows = try comparison.rows(run, known)
        guard rows.isBegunAlike else { return .conflict("what they were begun with") }
        let isSettled = !Self.isOpen(rows.status)
        switch (isSettled, Self.isOpen(rows.knownStatus)) {
        case (true, true): return .outcome(.updated)
        case (false, false):
            // A copy that was made while the run was not done yet, unless another program went on with it.
            let goesOn = try !rows.isExecuted && comparison.relation(run, known, rows) == .ahead
            return .outcome(goesOn ? .updated : .present)
        case (true, false): return try fateOfEnded(comparison, run, known, rows)
        case (false, true):
            // What was recorded since may be no more than the end, or be in the place of earlier rows.
            if rows.isLater { return .outcome(.updated) }
            switch try comparison.relation(run, known, rows) {
            case .same, .behind: return .outcome(.present)
            case .ahead: return .outcome(.updated)
            case .apart: return rows.isEarlier ? .outcome(.present) : .conflict("their rows")
            }
        }
    }

    /// What becomes of a run that has ended here and there.
    private func fateOfEnded(
        _ comparison: RunComparison,
        _ run: Int64,
        _ known: Int64,
        _ rows: RunComparison.Rows
    ) throws -> Fate {
        guard let difference = try comparison.difference(run, known, rows) else {
            if rows.isEndedAlike { return .outcome(rows.isFuller ? .updated : .present) }
            return !rows.isExecuted && rows.isNewer ? .outcome(.updated) : .conflict("how they ended")
        }
        // What Varve executed does not go on once it has ended; other programs do.
        guard !rows.isExecuted else { return .conflict(difference) }
        switch try comparison.relation(run, known, rows) {
        case .ahead: return .outcome(.updated)
        case .same, .behind: return .outcome(.present)
        case .apart: return rows.isNewer ? .outcome(.updated) : .conflict(difference)
        }
    }

    /// Whether more may come: a killed run may be one that somebody took for dead while it went on elsewhere.
    private static func isOpen(_ status: RunStatus) -> Bool { status == .running || status == .killed }
}
