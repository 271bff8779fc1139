extension StoreCheck {
    /// How many gaps are named one by one.
    private static let namedGaps = 10

    /// Looks for run numbers that were given and are neither a run's nor a purged one's.
    ///
    /// Purges are noted since ``Migration`` 5: what is missing among the numbers given before it, or among those that came
    /// with a copy of some runs, may have been purged or left out, and is not judged.
    func checkNumbers(_ report: Report) throws {
        let last = try store.lastNumber(in: .runs)
        guard case .integer(let first)? = try store.setting("purges_known_from") else {
            return try report(
                Finding(.damage, .runs, "the number of the first run whose purge would be known is missing")
            )
        }
        // It is the next number, when it is noted.
        if max(first, 1) - 1 > last {
            let line = "the first run whose purge would be known is said to be \(first), but the last run is \(last)"
            try report(Finding(.damage, .runs, line))
        }
        let numbers = try store.connection.prepare(PackageResources.listNumbers_sql)
        var (before, greatest): (Int64, Int64) = (max(first, 1) - 1, 0)
        var (gaps, named): (Int64, [String]) = (0, [])
        func note(_ low: Int64, _ high: Int64) {
            guard low <= high else { return }
            gaps += 1
            if named.count < Self.namedGaps { named.append(low == high ? "\(low)" : "\(low) to \(high)") }
        }
        while try numbers.step() {
            let number: Int64 = try numbers.column(0)
            greatest = number
            guard number > before else { continue }
            // Nothing is below 0, so neither of the two can go beyond what an integer holds.
            note(before + 1, number - 1)
            before = number
        }
        if before < last { note(before + 1, last) }
        if last < greatest {
            let line = "the last number given to a run reads as \(last), though \(greatest) was given"
            try report(Finding(.damage, .references, line))
        }
        guard gaps > 0 else { return }
        let rest = gaps > Int64(named.count) ? " and \(gaps - Int64(named.count)) more gaps" : ""
        let line = "runs are missing that were never purged: \(named.joined(separator: ", "))\(rest)"
        try report(Finding(.damage, .runs, line))
    }

    /// Looks for moments that no clock shows; those of metrics are looked at with their rows.
    func checkMoments(_ report: Report) throws {
        let list = try store.connection.prepare(PackageResources.listImpossibleMoments_sql)
        try list.bind(Moment.range.lowerBound, Moment.range.upperBound)
        while try list.step() {
            let (what, run): (String, Int64?) = (try list.column(0), try list.column(1))
            try report(Finding(.damage, .runs, run: run, "\(what) lies outside of the years 1 to 9999"))
        }
    }
}
