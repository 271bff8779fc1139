import Storage

/// The runs that a person means on the command line: some RUNs, or one FILTER.
enum RunSelection {
    case runs([String])
    case filter(Filter)

    /// Tells what was given: a RUN is letters and digits, and a filter never is.
    ///
    /// - Throws: `FilterError` for a filter that cannot be read; ``UsageError`` for several.
    init(parsing words: [String]) throws {
        guard words.contains(where: { !Self.isRun($0) }) else {
            self = .runs(words)
            return
        }
        guard words.count == 1 else {
            throw UsageError(
                "give runs by their numbers, or one filter in quotes for the shell: \(words.joined(separator: " "))"
            )
        }
        self = .filter(try Filter(parsing: words[0]))
    }

    /// The filter, where one was given.
    var filter: Filter? { if case .filter(let filter) = self { filter } else { nil } }

    private static func isRun(_ word: String) -> Bool {
        !word.isEmpty && word.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0 | 32) }
    }

    /// The numbers of the runs, each once: RUNs in their order, deleted or not, and those a filter finds by number.
    ///
    /// - Throws: `StoreError` for a RUN that is not there.
    func numbers(in store: Store, _ lifecycle: Lifecycle = .active) throws -> [Int64] {
        switch self {
        case .filter(let filter): return try store.runNumbers(matching: filter, lifecycle: lifecycle)
        case .runs(let words):
            var seen: Set<Int64> = []
            return try words.map { try store.run($0).number }.filter { seen.insert($0).inserted }
        }
    }
}
