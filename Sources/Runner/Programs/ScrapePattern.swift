import Storage

/// What reads metrics from the lines that a program prints: `loss: {loss} acc: {accuracy} step: {step}`.
///
/// The pattern may stand anywhere in a line; white space in it stands for any amount of it. A name in braces is a number,
/// `{}` is a word that is passed over, and `{step}` is the step; without it the lines that fit are counted from 0.
public struct ScrapePattern: Sendable {
    private enum Piece: Sendable {
        case text([UInt8])
        case space
        case number(String)
        case word
    }

    /// What a line says.
    struct Match: Equatable {
        var step: Int?
        var metrics: [(key: String, value: Double)] = []

        static func == (left: Match, right: Match) -> Bool {
            left.step == right.step && left.metrics.elementsEqual(right.metrics) { $0 == $1 }
        }
    }

    /// As it was typed.
    public let text: String
    private let pieces: [Piece]

    /// Reads a pattern.
    ///
    /// - Throws: ``ConfigurationError`` for one without a metric, a name twice, or braces that do not fit.
    public init(parsing text: String) throws(ConfigurationError) {
        var pieces: [Piece] = []
        var names: [String] = []
        var rest = Array(text.utf8)[...]
        var literal: [UInt8] = []
        func wrong(_ reason: String) -> ConfigurationError { ConfigurationError("scrape", "\(text): \(reason)") }
        func close() {
            if !literal.isEmpty { pieces.append(.text(literal)) }
            literal = []
        }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "{") where rest.first == byte, UInt8(ascii: "}") where rest.first == byte:
                literal.append(rest.removeFirst())
            case UInt8(ascii: "{"):
                guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else { throw wrong("a brace is not closed") }
                let name = String(decoding: rest[..<end], as: UTF8.self)
                rest = rest[(end + 1)...]
                close()
                if case .number? = pieces.last { throw wrong("between two numbers something has to stand") }
                if name.isEmpty {
                    pieces.append(.word)
                } else {
                    guard !names.holds(name) else { throw wrong("{\(name)} is there twice") }
                    names.append(name)
                    pieces.append(.number(name))
                }
            case 32, 9:
                close()
                if case .space? = pieces.last { continue }
                pieces.append(.space)
            default: literal.append(byte)
            }
        }
        close()
        guard names.contains(where: { $0 != "step" }) else { throw wrong("name a metric in braces, as {loss}") }
        self.text = text
        self.pieces = pieces
    }

    /// What a line says; nil where it does not fit, or its step is no whole number.
    func match(_ line: [UInt8]) -> Match? {
        for start in line.indices {
            if let match = match(line, from: start) { return match }
        }
        return nil
    }

    private func match(_ line: [UInt8], from start: Int) -> Match? {
        var match = Match()
        var place = start
        for piece in pieces {
            switch piece {
            case .text(let text):
                guard line[place...].starts(with: text) else { return nil }
                place += text.count
            case .space: while place < line.count, line[place] == 32 || line[place] == 9 { place += 1 }
            case .word:
                let end = line[place...].firstIndex { $0 == 32 || $0 == 9 } ?? line.count
                guard end > place else { return nil }
                place = end
            case .number(let name):
                // A number begins where none goes on before it: 2.5 is not read from 12.5.
                if place == start, place > 0, Self.isNumeric(line[place - 1]) { return nil }
                guard let (value, end) = Self.number(line, from: place) else { return nil }
                place = end
                if name == "step" {
                    guard let step = Int(exactly: value), abs(step) < 1 << 53 else { return nil }
                    match.step = step
                } else {
                    match.metrics.append((name, value))
                }
            }
        }
        return match
    }

    private static func isNumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }

    /// The longest number at a place, also `nan` and `inf`.
    private static func number(_ line: [UInt8], from start: Int) -> (Double, Int)? {
        var end = start
        while end < line.count, end - start < 64, "+-.0123456789eEinfatyINFATY".utf8.contains(line[end]) { end += 1 }
        while end > start {
            let word = String(decoding: line[start..<end], as: UTF8.self)
            if let value = Double(word), !word.hasPrefix("0x"), !NumberText.vanishes(word, as: value) {
                return (value, end)
            }
            end -= 1
        }
        return nil
    }
}
