import Storage

/// What makes two runs the same experiment done twice, of which only the newest counts; a run of unknown seed is one of its
/// own.
struct Replicate: Hashable {
    private let configuration: ExactText
    private let dataset: Int64?
    private let seed: Int64?
    private let run: Int64?

    init(_ run: GroupedRun) { self.init(run.number, run.configuration, run.seed, run.dataset) }

    init(_ kind: RunKind) { self.init(kind.run, kind.configuration, kind.seed, kind.dataset) }

    private init(_ run: Int64, _ configuration: String, _ seed: Int64?, _ dataset: Int64?) {
        self.configuration = ExactText(configuration)
        self.dataset = dataset
        self.seed = seed
        self.run = seed == nil ? run : nil
    }

    /// Which runs of some kinds count.
    ///
    /// - Parameter kinds: oldest first.
    /// - Returns: their numbers.
    static func newest(of kinds: [RunKind]) -> Set<Int64> {
        var runs: [Replicate: Int64] = [:]
        for kind in kinds { runs[Replicate(kind)] = kind.run }
        return Set(runs.values)
    }

    /// What is said of runs that do not count; nothing where there are none.
    static func note(of count: Int) -> String? {
        count == 0 ? nil : "left out \(counted(count, "run")): a newer run has the same configuration, seed and dataset"
    }
}
