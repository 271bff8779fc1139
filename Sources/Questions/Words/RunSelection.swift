public import Storage

/// The runs that a person means: some RUNs, or one FILTER.
public enum RunSelection: Sendable {
    /// RUNs, and where there is one that is neither number nor uuid, why it is no filter either.
    case runs([String], misread: FilterError? = nil)
    case filter(Filter)

    /// Finds out what was given: one word that can be read as a filter is one, everything else is RUNs.
    ///
    /// - Throws: `FilterError` for a filter that cannot be read; ``SelectionError`` for several.
    public init(parsing words: [String]) throws {
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
            throw SelectionError.mixed(words)
        }
        self = .runs(words)
    }

    /// RUNs, or a filter that was given apart from them.
    ///
    /// - Throws: ``SelectionError`` where there is neither, or both; `FilterError`.
    public init(runs: some Collection<String>, where filter: String?) throws {
        switch (runs.isEmpty, filter) {
        case (false, nil): self = .runs(Array(runs))
        case (true, let filter?): self = .filter(try Filter(parsing: filter))
        case (true, nil): throw SelectionError.nothing
        case (false, .some): throw SelectionError.both(Array(runs))
        }
    }

    /// The filter, where one was given.
    public var filter: Filter? { if case .filter(let filter) = self { filter } else { nil } }

    private static func isRun(_ word: String) -> Bool {
        !word.isEmpty && word.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0 | 32) }
    }

    /// The numbers of the runs, each once: RUNs in their order, deleted or not, and those a filter finds by number.
    ///
    /// - Throws: `StoreError` for a RUN that is not there; `FilterError` where it looks more like a filter.
    public func numbers(in store: Store, _ lifecycle: Lifecycle = .active) throws -> [Int64] {
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

/// Why words select no runs.
public enum SelectionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Runs and filters, or several filters.
    case mixed([String])
    case nothing
    /// Runs, and a filter apart from them.
    case both([String])

    public var description: String {
        switch self {
        case .mixed(let words): "'\(words.joined(separator: " "))' is neither runs nor one filter"
        case .nothing: "no run is named"
        case .both(let runs): "runs (\(runs.joined(separator: " "))) and a filter are given"
        }
    }
}
