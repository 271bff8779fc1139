import ArgumentParser
import Storage

extension CompletionKind {
    /// The experiments of the store that the command line names so far.
    static func experiments(_ lifecycle: Lifecycle) -> CompletionKind {
        .custom { words, _, _ in
            let option = words.lastIndex(of: "--store").map { Array(words[$0...].prefix(2)) } ?? []
            let store = try? CommonOptions.parse(option).openForReading()
            return (try? store?.experiments(lifecycle).map(\.name)) ?? []
        }
    }
}
