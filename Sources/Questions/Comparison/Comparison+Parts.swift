extension Comparison {
    /// A part of a comparison as people read it.
    public enum Part: Sendable {
        case headline(String)
        /// Sentences, under a title where they have one.
        case sentences(String?, [String])
        case table(Table)
        /// An empty line.
        case gap
    }

    /// All parts, in order.
    ///
    /// - Parameter isNarrow: whether the tables have to fit into 80 columns.
    /// - Returns: the parts.
    public func parts(isNarrow: Bool) -> [Part] {
        var parts: [Part] = []
        for (index, pair) in pairs.enumerated() {
            if index > 0 { parts.append(.gap) }
            parts += [.headline(pair.headline), .sentences(nil, [pair.method, pair.equality, pair.legend])]
            parts += pair.tables(isNarrow: isNarrow).flatMap { [.gap, .table($0)] }
            parts += [
                .sentences("Growth across depth:", pair.growthLines), .sentences("Differences:", pair.findings),
            ]
            guard pairs.count > 1 else { continue }
            parts.append(.sentences("Notes on \(pair.a.name) and \(pair.b.name):", pair.notes))
        }
        return parts + [.sentences("Notes:", notes)]
    }
}
