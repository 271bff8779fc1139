import Storage

/// The name that somebody probably meant.
public enum Suggestion {
    /// The name that a word comes closest to.
    ///
    /// The distance is that of Damerau and Levenshtein, in its form that changes no part twice: the fewest letters to be
    /// inserted, removed, replaced or exchanged with their neighbour. Case does not count.
    ///
    /// - Parameters:
    ///   - word: what was typed.
    ///   - names: what there is.
    /// - Returns: the nearest name, the first of several; nil where even that differs in more than a third of the word's
    ///   letters, and where it is the word itself.
    public static func closest(to word: String, among names: some Sequence<String>) -> String? {
        let letters = Array(word.lowercased())
        let limit = letters.count / 3
        var best: (name: String, distance: Int)?
        for name in names where !name.isExactly(word) && !word.isEmpty {
            let other = Array(name.lowercased())
            guard abs(other.count - letters.count) <= limit else { continue }
            let distance = distance(letters, other)
            if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name
    }

    private static func distance(_ first: [Character], _ second: [Character]) -> Int {
        var before: [Int] = []
        var last = Array(0...second.count)
        for (row, letter) in first.enumerated() {
            var line = [row + 1]
            for (column, other) in second.enumerated() {
                var least = min(last[column + 1] + 1, line[column] + 1, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == second[column - 1], other == first[row - 1] {
                    least = min(least, before[column - 1] + 1)
                }
                line.append(least)
            }
            (before, last) = (last, line)
        }
        return last[second.count]
    }
}
