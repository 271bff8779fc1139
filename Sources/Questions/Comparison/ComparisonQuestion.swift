public import Analysis
public import Storage

/// What `compare` is asked besides its groups.
public struct ComparisonQuestion: Sendable {
    /// What the groups are made of.
    public enum Groups: Sendable {
        /// Two or more words, each an architecture, a RUN or a FILTER; the first is the baseline.
        case words([String])
        /// One group for each value that the runs of a word, or all of the store, have of something; the baseline is the
        /// group of a value, else of the smallest one.
        case values(RunGrouping, of: String?, baseline: String?)
    }

    /// Which metrics are compared.
    public enum Metrics: Sendable, Equatable {
        /// The first 8 by name of those that every group has.
        case common
        /// These; none where there are none.
        case named([String])
    }

    /// Effects to be found with 80 % power, for which the number of seeds is asked.
    public struct Detection: Sendable, Equatable {
        /// A ratio, for layers.
        public var ratio: Double?
        /// A difference for each of some metrics.
        public var differences: [ExactText: Double] = [:]

        /// Asks for nothing.
        public init() {}

        /// Adds what a word asks for: `1.05`, a ratio above 0 that is not 1, or `loss=0.01`, a difference that is not 0.
        ///
        /// - Returns: whether the word could be read.
        public mutating func add(_ word: String) -> Bool {
            guard let sign = word.utf8.lastIndex(of: UInt8(ascii: "=")) else {
                guard let ratio = Double(word), ratio > 0, ratio < .infinity, ratio != 1 else { return false }
                self.ratio = ratio
                return true
            }
            let key = String(word[..<sign])
            guard !key.isEmpty, let difference = Double(word[word.utf8.index(after: sign)...]), difference.isFinite,
                difference != 0
            else { return false }
            differences[ExactText(key)] = difference
            return true
        }
    }

    public var groups: Groups
    public var step = RecordedStep.final
    public var metrics = Metrics.common
    /// Nil for the variance where all groups have it, else the only measure that all have.
    public var measure: MeasureWord?
    /// A glob over long and short names of the layers whose growth is measured; nil for the residual sums.
    public var growth: String?
    public var ignored = IgnoredKeys()
    public var detection = Detection()
    public var pairing = Pairing.Rule.automatic

    /// Asks for some groups, and nothing else.
    public init(_ groups: Groups) { self.groups = groups }
}

extension ComparisonQuestion.Groups {
    private static let mostValues = 100

    /// The groups as words with their filters, the baseline first, and what is to be said of runs without a value.
    func words(in store: Store) throws -> (words: [(word: String, filter: Filter)], notes: [String]) {
        switch self {
        case .words(let words): return (try words.map { ($0, try Filter(group: $0, in: store)) }, [])
        case .values(let grouping, let word, let baseline):
            let base = try word.map { try Filter(group: $0, in: store) } ?? .all
            let kinds = try store.kinds(ofRunsMatching: base, groupedBy: grouping)
            guard !kinds.isEmpty else {
                throw QuestionError.emptyGroup(
                    word: word ?? grouping.word,
                    path: store.path,
                    unknown: try store.unknownName(in: base)
                )
            }
            var values: [SQLValue] = []
            var seen: Set<SQLValue> = []
            // Of values that only read differently the newest is shown.
            for kind in kinds.reversed() where kind.group != .null && seen.insert(kind.group.canonical).inserted {
                values.append(kind.group)
            }
            let without = kinds.count { $0.group == .null }
            values.sort { Self.isBefore($0.canonical, $1.canonical) }
            if let baseline {
                guard let place = values.firstIndex(where: { $0.canonical == SQLValue.text(baseline).canonical }) else {
                    throw QuestionError.noBaseline(baseline, of: grouping.word, known: values)
                }
                values.insert(values.remove(at: place), at: 0)
            }
            if values.isEmpty { try RunList.check(grouping.fields, in: store) }
            guard values.count <= Self.mostValues else {
                throw QuestionError.tooManyValues(of: grouping.word, count: values.count, most: Self.mostValues)
            }
            guard values.count > 1 else { throw QuestionError.oneValue(of: grouping.word, value: values.first) }
            let words = try values.map { value in
                let word = "\(grouping.word) = \(FilterText.literal(value.canonical))"
                let own = grouping == .architecture ? Filter.architecture(value.text) : try Filter(parsing: word)
                return (word: grouping == .architecture ? value.text : word, filter: base.and(own))
            }
            let note = "\(counted(without, "run")) left out, because there is no \(grouping.word)"
            return (words, without > 0 ? [note] : [])
        }
    }

    /// Numbers come first, by size, then texts, byte by byte.
    private static func isBefore(_ first: SQLValue, _ second: SQLValue) -> Bool {
        switch (Double(sqlValue: first), Double(sqlValue: second)) {
        case (let first?, let second?): first < second
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): first.text.utf8.lexicographicallyPrecedes(second.text.utf8)
        }
    }
}

extension RunGrouping {
    /// As it is typed.
    var word: String {
        switch self {
        case .architecture: "architecture"
        case .experiment: "experiment"
        case .param(let key): "params.\(FilterText.key(key))"
        case .tag(let key): "tags.\(FilterText.key(key))"
        case .day: "day"
        case .commit: "commit"
        }
    }
}
