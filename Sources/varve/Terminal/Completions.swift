import ArgumentParser
import Storage

extension CompletionKind {
    /// The experiments of the store.
    static func experiments(_ lifecycle: Lifecycle) -> CompletionKind {
        stored { try $0.experiments(lifecycle).map(\.name) }
    }

    /// The architectures of the store's finished runs.
    static var architectures: CompletionKind { stored { try $0.architectures() } }

    /// The layers of the store, by their short names.
    static var layers: CompletionKind { stored { Set(try $0.layers().map(\.place.shortName)).sorted() } }

    /// Words from the store that the command line names so far.
    private static func stored(_ words: @escaping @Sendable (Store) throws -> [String]) -> CompletionKind {
        .custom { line, _, _ in
            let option = line.lastIndex(of: "--store").map { Array(line[$0...].prefix(2)) } ?? []
            let store = try? CommonOptions.parse(option).openForReading()
            return (try? store.map(words)) ?? []
        }
    }
}
