import Analysis
public import Storage

/// What `compare` answers: groups of runs, the first of them the baseline, row by row, with what has to be said about them.
public struct Comparison: Sendable {
    public let groups: [Group]
    /// Each further group beside the first.
    public let pairs: [ComparedPair]
    /// What the numbers of the layers are; nil where no layers are compared.
    public let measure: MeasureWord?
    /// The keys that did not count.
    public let ignored: IgnoredKeys
    /// What has to be known of all groups.
    let general: [String]

    /// How many metrics are compared that nobody asked for by name.
    private static let metricLimit = 8

    /// Compares groups, in one snapshot of the store.
    ///
    /// - Parameters:
    ///   - question: the groups and what is asked of them.
    ///   - store: where they were recorded.
    /// - Throws: ``QuestionError`` where a group is empty or mixed, or has not what was asked for.
    public init(_ question: ComparisonQuestion, in store: Store) throws {
        self = try store.snapshot { try Comparison(reading: question, store) }
    }

    private init(reading question: ComparisonQuestion, _ store: Store) throws {
        // A word that cannot be read comes before what is wrong with the runs of another one.
        let (words, notes) = try question.groups.words(in: store)
        let groups = try Group.all(words, ignoring: question.ignored, in: store)
        self.groups = groups
        ignored = groups.first?.ignored ?? question.ignored
        var measured = try groups.map { try $0.layers(at: question.step.number, in: store) }
        let recorded = try groups.map {
            question.metrics == .named([]) ? [] : try $0.metrics(at: question.step.number, in: store)
        }
        try Self.check(measured, recorded, of: groups, question, store)
        let measure = try Self.measure(question.measure, of: groups, measured)
        self.measure = measure
        let found = measured
        measured = measured.map { layers in layers.filter { measure?.includes($0.place.measure) ?? false } }
        let (keys, leftOut) = try Self.metrics(question.metrics, of: groups, recorded)
        for key in question.detection.differences.keys.sorted() where !keys.holds(key.text) {
            throw QuestionError.notCompared(metric: key.text, compared: keys)
        }
        let sides = try groups.indices.map { index in
            Recorded(
                name: Self.name(index),
                group: groups[index],
                leftOut: try store.runsLeftOut(matching: groups[index].filter),
                layers: measured[index],
                metrics: keys.compactMap { key in recorded[index].first { $0.key.isExactly(key) } }
            )
        }
        var pairs = try sides.dropFirst().map { try ComparedPair(sides[0], $0, question, measure) }
        guard pairs.contains(where: { !$0.rows.isEmpty }) else {
            throw QuestionError.nothingInCommon(words: groups.map(\.word))
        }
        let adjusted = Contrast.adjusted(pairs.map { $0.rows.compactMap(\.contrast) })
        for index in pairs.indices { pairs[index].take(adjusted[index]) }
        self.pairs = pairs
        general = notes + Self.notes(on: found, measure, question, leftOut: leftOut, ignored, groups)
    }

    /// What one group recorded of what is compared.
    struct Recorded {
        let name: String
        let group: Group
        let leftOut: [LeftOutRun]
        let layers: [Group.MeasuredLayer]
        let metrics: [Group.RecordedMetric]
    }

    /// `A`, `B` … `Z`, then `A2`.
    private static func name(_ index: Int) -> String {
        let letter = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index % 26)))
        return index < 26 ? letter : letter + "\(index / 26 + 1)"
    }

    /// Refuses groups that recorded nothing, or nothing of the layers at the step.
    private static func check(
        _ measured: [[Group.MeasuredLayer]],
        _ recorded: [[Group.RecordedMetric]],
        of groups: [Group],
        _ question: ComparisonQuestion,
        _ store: Store
    ) throws {
        let hasLayers = measured.contains { !$0.isEmpty }
        for index in groups.indices where measured[index].isEmpty {
            guard recorded[index].isEmpty || hasLayers && question.step != .final else { continue }
            throw QuestionError.nothingRecorded(
                word: groups[index].word,
                step: question.step.number,
                common: try commonStep(groups, from: question.step.number, in: store)
            )
        }
    }

    private static func commonStep(_ groups: [Group], from step: Int64?, in store: Store) throws -> Int64? {
        guard let step, groups.count == 2 else { return nil }
        let (first, second) = (groups[0].runs[0].number, groups[1].runs[0].number)
        return try store.commonStep(of: first, and: second, from: step) ?? store.commonStep(of: first, and: second)
    }

    private static func measure(
        _ asked: MeasureWord?,
        of groups: [Group],
        _ measured: [[Group.MeasuredLayer]]
    ) throws -> MeasureWord? {
        let found = zip(groups, measured).map { group, layers in
            (word: group.word, measures: Set(layers.map { ExactText($0.place.measure) }))
        }
        // Where a group has metrics alone, these are what can be compared.
        guard asked != nil || found.allSatisfy({ !$0.measures.isEmpty }) else { return nil }
        return try MeasureWord.chosen(asked, among: found)
    }

    /// The metrics that are compared, and how many are not.
    private static func metrics(
        _ asked: ComparisonQuestion.Metrics,
        of groups: [Group],
        _ recorded: [[Group.RecordedMetric]]
    ) throws -> (keys: [String], leftOut: Int) {
        let known = recorded.map { $0.map(\.key) }
        guard case .named(let keys) = asked else {
            let common = (known.first ?? []).filter { key in known.allSatisfy { $0.holds(key) } }
            return (Array(common.prefix(metricLimit)), max(0, common.count - metricLimit))
        }
        for key in keys {
            for (group, known) in zip(groups, known) where !known.holds(key) {
                throw QuestionError.noMetric(word: group.word, metric: key, known: known)
            }
        }
        return (keys, 0)
    }

    private static func notes(
        on found: [[Group.MeasuredLayer]],
        _ measure: MeasureWord?,
        _ question: ComparisonQuestion,
        leftOut: Int,
        _ ignored: IgnoredKeys,
        _ groups: [Group]
    ) -> [String] {
        var notes: [String] = []
        if let measure {
            if question.measure == nil, measure != .variance {
                notes.append("the layers were measured as '\(measure.stored)', the only measure that all groups have")
            }
        } else if found.contains(where: { !$0.isEmpty }) {
            let words = zip(groups, found).filter { $0.1.isEmpty }.map { "'\($0.0.shown)'" }
            notes.append("metrics alone are compared, because \(words.joined(separator: ", ")) recorded no layers")
        }
        if leftOut > 0 {
            notes.append("\(counted(leftOut, "metric")) left out; --metric names the ones to compare")
        }
        let words = ignored.words
        if !words.isEmpty { notes.append("ignored: \(words.joined(separator: ", "))") }
        if groups.count > 2 {
            notes.append(
                "p is adjusted over all rows of all groups together; it holds only if the number of runs was chosen "
                    + "beforehand, not by looking at the results"
            )
        }
        return notes
    }
}
