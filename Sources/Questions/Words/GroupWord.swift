public import Storage

extension Filter {
    /// The filter that a word of `compare` or `plot` stands for: an architecture that the store has, a RUN, or a FILTER.
    ///
    /// One word is never a filter, so that a misspelt architecture is told as one.
    ///
    /// - Throws: `FilterError`; `StoreError` for a RUN that is not there; `SQLiteError`.
    public init(group word: String, in store: Store) throws {
        let isWord = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "_.-".contains($0) }
        let isNumber = word.utf8.allSatisfy { (48...57).contains($0) }
        let mayBeRun = isNumber || (4...32).contains(word.utf8.count) && word.allSatisfy(\.isHexDigit)
        if try !isNumber && store.architectures().contains(where: word.isExactly) {
            self = .architecture(word)
        } else if !isWord {
            try self.init(parsing: word)
        } else if mayBeRun {
            do {
                self = .run(try store.run(word).number)
            } catch StoreError.noRun(let word, let path) {
                guard try store.architectures().contains(where: word.isExactly) else {
                    throw StoreError.noRun(word: word, path: path)
                }
                throw QuestionError.numberNamesRun(word: word, path: path)
            }
        } else {
            self = .architecture(word)
        }
    }
}

/// What pictures say of the numbers they show: `variance`, and how it was measured where that is known.
///
/// - Parameter measures: those of the layers that are shown, each once.
/// - Returns: the title of an axis.
func axisTitle(measures: some Sequence<String>) -> String {
    let measures = Set(measures).sorted().filter { $0 != LayerPlace.unknownMeasure }
    let nouns = Set(measures.map { MeasureWord(stored: $0).noun })
    guard let noun = nouns.first, nouns.count == 1 else {
        return measures.isEmpty ? "variance" : measures.joined(separator: "; ")
    }
    // The words that Varve has for its own are in the noun.
    guard noun == "variance" else { return noun }
    let words = measures.map { $0 == LayerPlace.populationMean ? "population, mean over units" : $0 }
    return "variance (\(words.joined(separator: "; ")))"
}
