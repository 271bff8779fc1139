import Questions
import Storage

/// The runs that a person means on the command line: some RUNs, or one FILTER.
enum RunSelection {
    /// RUNs, and where there is one that is neither number nor uuid, why it is no filter either.
    case runs([String], misread: FilterError? = nil)
    case filter(Filter)

    /// Tells what was given: one word that can be read as a filter is one, everything else is RUNs.
    ///
    /// - Throws: `FilterError` for a filter that cannot be read; ``UsageError`` for several.
    init(parsing words: [String]) throws {
        let others = words.filter { !Self.isRun($0) }
        if words.count == 1, let word = others.first {
            do throws(FilterError) {
                self = .filter(try Filter(parsing: word))
            } catch {
                // No name holds what only filters need; any other word may be one.
                if word.contains(where: "=<>".contains) { throw error }
                self = .runs(words, misread: error)
            }
            return
        }
        guard !others.contains(where: { (try? Filter(parsing: $0)) != nil }) else {
            throw UsageError("give runs by their numbers, or one filter in quotes: \(words.joined(separator: " "))")
        }
        self = .runs(words)
    }

    /// What a command takes that has other words besides: RUNs as arguments, or the filter of `--where`.
    init(runs: some Collection<String>, where filter: String?) throws {
        switch (runs.isEmpty, filter) {
        case (false, nil): self = .runs(Array(runs))
        case (true, let filter?): self = .filter(try Filter(parsing: filter))
        case (true, nil): throw UsageError("no run is named: give a RUN, or --where FILTER")
        case (false, .some): throw UsageError("give RUNs or --where FILTER, not both: \(runs.joined(separator: " "))")
        }
    }

    /// The filter, where one was given.
    var filter: Filter? { if case .filter(let filter) = self { filter } else { nil } }

    private static func isRun(_ word: String) -> Bool {
        !word.isEmpty && word.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0 | 32) }
    }

    /// The numbers of the runs, each once: RUNs in their order, deleted or not, and those a filter finds by number.
    ///
    /// - Throws: `StoreError` for a RUN that is not there; `FilterError` where it looks more like a filter.
    func numbers(in store: Store, _ lifecycle: Lifecycle = .active) throws -> [Int64] {
        switch self {
        case .filter(let filter): return try store.runNumbers(matching: filter, lifecycle: lifecycle)
        case .runs(let words, let misread):
            var seen: Set<Int64> = []
            do {
                return try words.map { try store.run($0).number }.filter { seen.insert($0).inserted }
            } catch let error as StoreError {
                guard let misread, error.code == .missing else { throw error }
                throw misread
            }
        }
    }
}
