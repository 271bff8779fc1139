import Storage

/// The words of a command with places for values: `--lr={lr}`.
///
/// No shell is asked: a value is a part of one word, whatever is in it.
public struct CommandTemplate: Sendable, Equatable {
    private enum Piece: Sendable, Equatable {
        case text(String)
        case place(String)
    }

    /// As they were typed.
    public let words: [String]
    private let pieces: [[Piece]]

    /// Reads the words: `{name}` is a place, `{{` and `}}` are braces.
    ///
    /// - Throws: ``ConfigurationError`` for a brace that opens nothing, or no words.
    public init(_ words: [String]) throws(ConfigurationError) {
        guard let program = words.first, !program.isEmpty else {
            throw ConfigurationError("command", "is missing: write it after --")
        }
        var pieces: [[Piece]] = []
        for word in words {
            guard !word.utf8.contains(0) else { throw ConfigurationError("command", "holds a NUL character") }
            pieces.append(try Self.pieces(of: word))
        }
        self.words = words
        self.pieces = pieces
    }

    /// Takes words as they are: braces are braces.
    init(asTheyAre words: [String]) {
        self.words = words
        pieces = words.map { [.text($0)] }
    }

    private static func pieces(of word: String) throws(ConfigurationError) -> [Piece] {
        var pieces: [Piece] = []
        var text: [Unicode.Scalar] = []
        var rest = Array(word.unicodeScalars)[...]
        func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
            var result = String.UnicodeScalarView()
            result.append(contentsOf: scalars)
            return String(result)
        }
        while let first = rest.popFirst() {
            if first == "{" || first == "}", rest.first == first {
                text.append(rest.removeFirst())
            } else if first == "{" {
                guard let end = rest.firstIndex(of: "}"), end > rest.startIndex else {
                    throw ConfigurationError("command", "\(word): {{ is a brace, {name} a param's value")
                }
                if !text.isEmpty { pieces.append(.text(string(text))) }
                text = []
                pieces.append(.place(string(rest[..<end])))
                rest = rest[(end + 1)...]
            } else {
                text.append(first)
            }
        }
        if !text.isEmpty || pieces.isEmpty { pieces.append(.text(string(text))) }
        return pieces
    }

    /// The names of the places, each once.
    public var names: [String] {
        var names: [String] = []
        for case .place(let name) in pieces.joined() where !names.holds(name) { names.append(name) }
        return names
    }

    /// The words with values in the places.
    func words(_ value: (String) -> String?) -> [String] {
        pieces.map { word in
            word.map { piece in
                switch piece {
                case .text(let text): text
                case .place(let name): value(name) ?? ""
                }
            }.joined()
        }
    }
}
