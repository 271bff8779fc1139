/// A text that equals another of the same bytes only, as SQLite compares them; to Swift `é` is one, however it is composed.
///
/// Names and keys (layers, groups, params, metrics, tags) are compared so wherever they are collected or looked up.
public struct ExactText: Hashable, Comparable, Sendable {
    public let text: String

    /// Takes a text as it is.
    public init(_ text: String) { self.text = text }

    /// Whether two texts have the same bytes.
    public static func == (first: ExactText, second: ExactText) -> Bool {
        let (one, other) = (first.text.utf8, second.text.utf8)
        guard one.count == other.count else { return false }
        let isEqual = one.withContiguousStorageIfAvailable { one in
            other.withContiguousStorageIfAvailable { other in one.elementsEqual(other) }
        }
        return (isEqual ?? nil) ?? one.elementsEqual(other)
    }

    /// Whether a text comes before another by its bytes, which is the order of code points and SQLite's.
    public static func < (first: ExactText, second: ExactText) -> Bool {
        first.text.utf8.lexicographicallyPrecedes(second.text.utf8)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension Collection<String> {
    /// Whether a text of the same bytes is among these.
    public func holds(_ text: String) -> Bool { contains(where: text.isExactly) }
}

extension String {
    /// Whether another text has the same bytes.
    public func isExactly(_ other: String) -> Bool { ExactText(self) == ExactText(other) }

    /// Whether the text ends in the bytes of another, whatever its last letters are composed to.
    public func ends(in suffix: String) -> Bool {
        utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }

    /// What comes behind the bytes of another text; nil where the text does not begin with them.
    public func behind(_ prefix: String) -> String? {
        guard utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    /// The parts between the places of a sign of ASCII: one that a letter is composed with, as an accent behind it, is a sign
    /// to everybody who reads bytes.
    ///
    /// - Parameters:
    ///   - sign: the sign.
    ///   - most: how many parts there are at most; the last one may then hold signs.
    /// - Returns: the parts, empty ones too.
    public func parts(between sign: Unicode.Scalar, atMost most: Int = .max) -> [String] {
        let maximum = max(0, most - 1)
        return utf8.split(separator: UInt8(ascii: sign), maxSplits: maximum, omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
    }

    /// The text with a sign of ASCII twice in each of its places.
    public func doubling(_ sign: Unicode.Scalar) -> String { parts(between: sign).joined(separator: "\(sign)\(sign)") }
}
