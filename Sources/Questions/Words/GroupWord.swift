public import Storage

extension Filter {
    /// The filter that an argument of `compare` or `plot` means: an architecture that the store has, a RUN, or a
    /// FILTER.
    ///
    /// One word is never a filter, so that a misspelt architecture is reported as one.
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
