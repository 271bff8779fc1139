extension Contrast {
    /// What may be said about a difference.
    public enum Verdict: Sendable {
        /// Nothing: one side has no value on the scale.
        case empty
        /// The values are the same.
        case identical
        /// The estimate alone: one pair, or one run on a side, shows no spread.
        case single
        /// The difference is the same in all pairs, or there is no spread on either side: nothing to test it by.
        case noSpread
        /// Two to four pairs, or runs on a side: the interval moves much with each of them.
        case unstable
        /// The sides differ: the adjusted p is below 0.05.
        case different
        /// No difference was shown, which is not to say that there is none.
        case notShown
    }

    /// What the numbers allow to say.
    public var verdict: Verdict {
        if isIdentical { return .identical }
        if count < 2 { return count == 0 ? .empty : .single }
        guard let adjustedP = adjustedP ?? p else { return .noSpread }
        if count < 5 { return .unstable }
        return adjustedP < 0.05 ? .different : .notShown
    }

    /// Adjusts the p values for being several, over all families of one question at once.
    ///
    /// - Parameter families: the rows of each pair of groups: layers, metrics. What was not tested does not count.
    /// - Returns: the same with ``adjustedP``.
    public static func adjusted(_ families: [[Contrast]]) -> [[Contrast]] {
        var adjusted = holm(families.joined().map(\.p)).makeIterator()
        return families.map { family in
            family.map { contrast in
                var contrast = contrast
                contrast.adjustedP = adjusted.next() ?? nil
                return contrast
            }
        }
    }
}
