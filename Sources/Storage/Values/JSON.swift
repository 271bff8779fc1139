/// A JSON value whose members keep their order, written compactly on one line.
///
/// Numbers are written with the fewest digits that read back as the same double. JSON has no words for what is not
/// finite: those become the strings `"NaN"`, `"Infinity"` and `"-Infinity"`.
public enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case real(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    /// One key and its value.
    public struct Member: Sendable, Equatable {
        public let key: String
        public let value: JSON

        public init(_ key: String, _ value: JSON) {
            self.key = key
            self.value = value
        }
    }

    /// The value of a cell: text as a string, a blob as hexadecimal.
    public init(_ value: SQLValue) {
        self =
            switch value {
            case .null: .null
            case .integer(let value): .integer(value)
            case .real(let value): .real(value)
            case .text(let value): .string(value)
            case .blob(let value): .string(Digest.hexadecimal(value))
            }
    }

    /// Reads a JSON text: members come sorted by their keys, of equal keys the last one, and whole numbers as integers however
    /// they are written.
    ///
    /// - Throws: ``LogError`` for malformed text.
    public init(parsing text: String) throws(LogError) {
        self = try JSON(scanning: Array(text.utf8).span).settled
    }

    private var settled: JSON {
        switch self {
        case .real(let value): Int64(exactly: value).map { .integer($0) } ?? self
        case .array(let items): .array(items.map(\.settled))
        case .object(let members):
            .object(
                Dictionary(members.map { (ExactText($0.key), $0.value.settled) }, uniquingKeysWith: { $1 })
                    .sorted { $0.key < $1.key }.map { Member($0.key.text, $0.value) }
            )
        default: self
        }
    }

    /// The value on one line.
    public var text: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The members sorted by key, at every depth: equal values give equal text, whatever order they were made in.
    public var canonical: JSON {
        switch self {
        case .array(let items): .array(items.map(\.canonical))
        case .object(let members):
            .object(members.map { Member($0.key, $0.value.canonical) }.sorted { ExactText($0.key) < ExactText($1.key) })
        default: self
        }
    }

    /// Appends the value's UTF-8.
    public func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes += value.description.utf8
        case .real(let value):
            if value.isFinite {
                bytes += value.description.utf8
            } else {
                Self.quote(NumberText.exact(value), to: &bytes)
            }
        case .string(let value): Self.quote(value, to: &bytes)
        case .array(let items):
            bytes.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                item.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.quote(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func quote(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 10: bytes += "\\n".utf8
            case 0..<32, 127: bytes += "\\u00\(Digest.hexadecimal(CollectionOfOne(byte)))".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension JSON {
    /// Texts are equal byte by byte.
    public static func == (first: JSON, second: JSON) -> Bool {
        switch (first, second) {
        case (.null, .null): true
        case (.bool(let first), .bool(let second)): first == second
        case (.integer(let first), .integer(let second)): first == second
        case (.real(let first), .real(let second)): first == second
        case (.string(let first), .string(let second)): first.isExactly(second)
        case (.array(let first), .array(let second)): first == second
        case (.object(let first), .object(let second)): first == second
        default: false
        }
    }
}

extension JSON.Member {
    /// Keys are equal byte by byte.
    public static func == (first: JSON.Member, second: JSON.Member) -> Bool {
        first.key.isExactly(second.key) && first.value == second.value
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByNilLiteral, ExpressibleByDictionaryLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(nilLiteral: ()) { self = .null }
    /// An object whose members are in the order of the literal.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
