import CArguments
import Glibc
import Runner

/// The words of the command line.
enum Arguments {
    /// All words, the first being the command as it was typed.
    ///
    /// - Throws: ``UsageError`` where the system gives none, or one that is not UTF-8: Swift would mend it, and a file of
    ///   another name would be meant.
    static func all() throws(UsageError) -> [String] {
        let count = varve_argument_count()
        guard count > 0 else { throw UsageError("the system gave no arguments: start varve by its name") }
        var words: [String] = []
        for index in 0..<count {
            guard let bytes = varve_argument(index) else { continue }
            guard let word = String(validatingCString: bytes) else {
                throw UsageError("argument \(index), '\(String(cString: bytes))', is not UTF-8: write it in UTF-8")
            }
            words.append(word)
        }
        return words
    }

    /// The words behind the one that makes this process the keeper of a program; nil in any other.
    static var ofKeeper: [UnsafeMutablePointer<CChar>?]? {
        let count = varve_argument_count()
        guard count > 2, let word = varve_argument(1), strcmp(word, ProgramSweep.keeperWord) == 0 else { return nil }
        return (2..<count).map { varve_argument($0).flatMap { strdup($0) } } + [nil]
    }
}
