extension Store {
    /// Hands over the runs that a filter finds, one at a time.
    ///
    /// - Parameters:
    ///   - filter: which runs.
    ///   - order: what they are ordered by; newest first where it says nothing.
    ///   - after: the number of the run after which the list continues, as the last one of a page; nil for the beginning.
    ///     Where there is no order it need not be there any more.
    ///   - limit: at most this many; nil for all.
    ///   - lifecycle: whether the runs that were deleted or the others.
    ///   - body: takes a run; what it throws ends the listing.
    /// - Throws: ``StoreError`` when there is no run `after` in the store any more, so that nobody knows its place in the
    ///   order; ``SQLiteError``, and what `body` throws.
    public func forEachRun(
        matching filter: Filter = .all,
        by order: [RunOrder] = [],
        after: Int64? = nil,
        limit: Int? = nil,
        lifecycle: Lifecycle = .active,
        _ body: (Run) throws -> Void
    ) throws {
        let dead = try deadRuns()
        let place = try after.map { (run: $0, keys: try keys(of: $0, in: order, dead)) }
        let statement = try FilterSQL(filter, order: order, after: place, dead: dead, parameters: 2)
            .statement(PackageResources.listRuns_sql, on: connection, lifecycle, limit ?? -1)
        while try statement.step() {
            var run = try statement.row(as: Run.init)
            if dead.contains(run.number) { run.markKilled() }
            try body(run)
        }
    }

    /// The values by which a run has its place in an order.
    private func keys(of run: Int64, in order: [RunOrder], _ dead: Set<Int64>) throws -> [SQLValue] {
        guard !order.isEmpty else { return [] }
        let statement = try FilterSQL(.all, order: order, dead: dead, parameters: 1)
            .statement(PackageResources.orderOfRun_sql, on: connection, run)
        guard try statement.step() else { throw StoreError.runGone(number: run, path: path) }
        return order.indices.map { statement.value(at: $0) }
    }

    /// The numbers of the runs that a filter finds, oldest first.
    ///
    /// - Parameters:
    ///   - filter: which runs.
    ///   - lifecycle: whether the runs that were deleted or the others.
    /// - Returns: the numbers, in ascending order.
    /// - Throws: ``SQLiteError``.
    public func runNumbers(matching filter: Filter, lifecycle: Lifecycle = .active) throws(SQLiteError) -> [Int64] {
        try FilterSQL(filter, dead: deadRuns(), parameters: 1)
            .statement(PackageResources.listRunNumbers_sql, on: connection, lifecycle)
            .rows { (number: Int64) in number }
    }

    /// The run a person means: a number, a unique prefix of at least four characters of a uuid, or the exact name of one
    /// run only, where an active one comes before deleted ones.
    ///
    /// - Throws: ``StoreError`` when there is none or more than one.
    public func run(_ word: String) throws -> Run {
        let isNumber = !word.isEmpty && word.utf8.allSatisfy { (48...57).contains($0) }
        let prefix = word.lowercased()
        let isPrefix = (4...32).contains(prefix.utf8.count) && prefix.allSatisfy { $0.isHexDigit && $0.isASCII }
        let named = isNumber ? Int64(word).map { [$0] } ?? [] : isPrefix ? try runNumbers(ofUUID: prefix) : []
        for find in [{ named }, { try self.runNumbers(named: word) }] as [() throws -> [Int64]] {
            let numbers = try find()
            guard numbers.count <= 1 else { throw StoreError.ambiguousRun(word: word, runs: numbers) }
            if let number = numbers.first, let run = try run(number: number) { return run }
        }
        throw isNumber || isPrefix ? StoreError.noRun(word: word, path: path) : StoreError.notARun(word: word)
    }

    private func runNumbers(ofUUID prefix: String) throws(SQLiteError) -> [Int64] {
        let find = try connection.prepare(PackageResources.findRunsByUUID_sql)
        // In ASCII, g is what comes after the last hexadecimal digit.
        try find.bind(prefix, prefix + "g")
        return try find.rows { (number: Int64) in number }
    }

    private func runNumbers(named name: String) throws(SQLiteError) -> [Int64] {
        let find = try connection.prepare(PackageResources.findRunsByName_sql)
        try find.bind(name)
        let found = try find.rows { (number: Int64, lifecycle: Lifecycle) in (number: number, lifecycle: lifecycle) }
        return found.filter { $0.lifecycle == found.first?.lifecycle }.map(\.number)
    }

    /// `listRuns` of one number.
    private static let findRun = FilterSQL.completed(PackageResources.listRuns_sql, filter: "AND runs.id = ?3")

    /// The run of a number, deleted or not.
    public func run(number: Int64) throws -> Run? {
        let find = try connection.prepare(Self.findRun)
        try find.bind(Lifecycle?.none, 1, number)
        guard var run = try find.first(as: Run.init) else { return nil }
        if run.status == .running, try life(of: run.number) == .dead { run.markKilled() }
        return run
    }
}
