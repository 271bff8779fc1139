import ArgumentParser
import Questions
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
            return ((try? store.map(words)) ?? []).compactMap { candidate($0, for: CompletionShell.requesting) }
        }
    }
}

/// A name as the completion of a shell takes it for that name and nothing else; nil where it cannot.
///
/// Names in a store may be anybody's. The script for bash gives the candidates to `compgen -W`, which expands what is not
/// quoted, commands too; the one for zsh ends a candidate at a colon. Not offered are names with control characters, since a
/// candidate is one line, and with what a shell leaves unquoted when it types a candidate: `$` and backticks in bash, `!` in
/// zsh.
func candidate(_ name: String, for shell: CompletionShell?) -> String? {
    guard !name.isEmpty, escaped(name).isExactly(name) else { return nil }
    let unsafe: Set<Unicode.Scalar> = shell == .bash ? ["$", "`"] : shell == .zsh ? ["!"] : []
    guard !name.unicodeScalars.contains(where: unsafe.contains) else { return nil }
    return switch shell {
    case .bash?: "'" + name.unicodeScalars.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
    case .zsh?: name.unicodeScalars.map { "\\:".unicodeScalars.contains($0) ? "\\\($0)" : String($0) }.joined()
    case .fish?: name
    default: nil
    }
}
