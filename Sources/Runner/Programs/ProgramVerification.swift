public import Storage

/// Executes the program of a recorded run again, and holds its metrics against those that were recorded.
///
/// What is recorded anew goes into a store of its own, which goes away.
public struct ProgramVerification: Sendable {
    /// How far two values may be apart, as a share of the greater; 0 asks for equal ones.
    public var tolerance = 0.0
    /// The file of the command `varve`, as ``ProgramSweep/keeper``.
    public let keeper: String
    /// As ``ProgramSweep/variables``.
    public let variables: [String]
    private let interruption: Interruption

    /// Prepares to execute programs.
    public init(keeper: String, variables: [String], interruption: Interruption) {
        self.keeper = keeper
        self.variables = variables
        self.interruption = interruption
    }

    /// Executes the program of a run that could not be verified otherwise and has ended.
    ///
    /// - Returns: what came of it, or the verdict as it was.
    /// - Throws: what keeps a store from being read or made.
    public func verify(_ verdict: Verdict, in store: Store) throws -> Verdict {
        guard verdict.result == .notVerifiable, let run = try store.run(number: verdict.run), run.status != .running
        else { return verdict }
        return try verify(run, in: store) ?? verdict
    }

    /// Executes the program of a run.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - store: where it was recorded, opened for reading.
    /// - Returns: nil for a run that `varve exec` did not record.
    /// - Throws: what keeps a store from being read or made.
    public func verify(_ run: Run, in store: Store) throws -> Verdict? {
        let tags = try store.tags(of: run.number)
        func fact(_ key: String) -> JSON? {
            guard let tag = tags.first(where: { $0.key == "varve.\(key)" }), case .text(let text) = tag.value else {
                return nil
            }
            return try? JSON(parsing: text)
        }
        func list(_ key: String) -> [String]? {
            guard case .array(let items)? = fact(key) else { return nil }
            return items.compactMap { if case .string(let word) = $0 { word } else { nil } }
        }
        guard let words = list("command"), !words.isEmpty else { return nil }
        let seed = run.seed.flatMap { UInt32(exactly: $0) }
        var params = try store.params(of: run.number).map { ProgramParam($0.key, $0.value.text) }
        if case .object(let typed)? = fact(ProgramWork.typedFact) {
            params = typed.compactMap { member in
                if case .string(let text) = member.value { ProgramParam(member.key, text) } else { nil }
            }
        }
        let grid = try ProgramGrid(params, seeds: seed.map { SeedRange($0) })
        var sweep = try ProgramSweep(
            CommandTemplate(asTheyAre: words),
            grid,
            keeper: keeper,
            variables: variables
        )
        sweep.scraping = try (list("scrape") ?? []).map { text throws(ConfigurationError) in
            try ScrapePattern(parsing: text)
        }
        sweep.jobs = 1
        sweep.keepsPatch = false
        return try verify(run, in: store, by: sweep)
    }

    private func verify(_ run: Run, in store: Store, by sweep: ProgramSweep) throws -> Verdict {
        let folder = ProgramFolder()
        guard let path = folder.path else { throw DataError("no folder for the run can be made in $TMPDIR") }
        let place = path + "/varve.db"
        defer { withExtendedLifetime(folder) {} }
        let outcome = try sweep.execute(into: Store(path: place, for: .writing, interruption: interruption))
        func verdict(_ result: Verdict.Result, _ reason: String?) -> Verdict {
            Verdict(run: run.number, uuid: run.uuid, result: result, reason: reason)
        }
        guard let number = outcome.runs.first(where: { _ in true }), !interruption.isRequested else {
            return verdict(.notVerifiable, "it was interrupted")
        }
        let all = try Store(path: place, for: .writing, interruption: interruption)
        guard let again = try all.run(number: number) else { return verdict(.notVerifiable, "it was not recorded") }
        guard again.status == run.status else {
            let reason = outcome.failures.first.first.map { " (\($0.fact))" } ?? ""
            return verdict(.differs, "it is \(run.status.rawValue), and now \(again.status.rawValue)\(reason)")
        }
        var known: Int64?
        _ = try all.merge(store, runs: [run.number]) { known = $0.number }
        guard let known else { return verdict(.notVerifiable, "it was not read back") }
        return try compare(run, known, number, in: all)
    }

    /// Holds the metrics of two runs of one store against each other.
    private func compare(_ run: Run, _ known: Int64, _ again: Int64, in store: Store) throws -> Verdict {
        let (recorded, computed) = (try MetricRows(of: known, in: store), try MetricRows(of: again, in: store))
        var greatest = 0.0
        func differs(_ step: MetricRows.Step, _ values: (Double?, Double?), _ reason: String) throws -> Verdict {
            let name = try store.metricName(step.metric) ?? "?"
            return Verdict(
                run: run.number,
                uuid: run.uuid,
                result: .differs,
                difference: .init(step: Int(step.number), recorded: values.0, computed: values.1),
                reason: "metric '\(name)': \(reason)"
            )
        }
        var (left, right) = (try recorded.next(), try computed.next())
        guard left != nil || right != nil else {
            return Verdict(run: run.number, uuid: run.uuid, result: .notVerifiable, reason: "it recorded no metrics")
        }
        while left != nil || right != nil {
            guard let first = left, let second = right, !first.comes(before: second), !second.comes(before: first)
            else {
                if let first = left, right.map({ first.comes(before: $0) }) ?? true {
                    return try differs(first, (first.values.last, nil), "it is not computed now")
                }
                guard let second = right else { break }
                return try differs(second, (nil, second.values.last), "it was not recorded")
            }
            guard first.values.count == second.values.count else {
                return try differs(first, (first.values.last, second.values.last), "it came more often")
            }
            for (one, other) in zip(first.values, second.values) where !Self.isSame(one, other) {
                let scale = max(one.magnitude, other.magnitude)
                let distance = one.isFinite && other.isFinite ? (one - other).magnitude / scale : .infinity
                guard distance <= tolerance else { return try differs(first, (one, other), "beyond the tolerance") }
                greatest = max(greatest, distance)
            }
            (left, right) = (try recorded.next(), try computed.next())
        }
        let reason = greatest > 0 ? "within the tolerance: at most \(greatest) apart" : nil
        return Verdict(run: run.number, uuid: run.uuid, result: .identical, reason: reason)
    }

    private static func isSame(_ one: Double, _ other: Double) -> Bool { one == other || one.isNaN && other.isNaN }
}
