/// A strict reader of one JSON text, RFC 8259, in a span of bytes that is handed to each call.
///
/// It takes no more memory than the strings in the text, whatever the text is, and goes at most ``maximumDepth`` deep.
/// The one liberty: the words `NaN`, `Infinity` and `-Infinity` are numbers, since Python writes them.
struct JSONScanner {
    /// How deep arrays and objects may go.
    static let maximumDepth = 64

    /// A value; one with parts is kept as the text it was written as.
    enum Value: Equatable {
        case null
        case bool(Bool)
        case integer(Int64)
        case real(Double)
        case text(String)
        case nested(String)
    }

    /// Where the next byte is read, from the start of the span.
    private(set) var position = 0

    /// Skips white space and returns what comes then; nil at the end.
    mutating func peek(_ bytes: Span<UInt8>) -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 32, 9, 10, 13: position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    /// Takes a mark if it comes next.
    mutating func take(_ mark: Unicode.Scalar, _ bytes: Span<UInt8>) -> Bool {
        guard peek(bytes) == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    /// What is said where something else was expected.
    mutating func unexpected(_ expected: String, _ bytes: Span<UInt8>) -> LogError {
        guard let byte = peek(bytes) else { return LogError("the line ends where \(expected) is expected") }
        let isPrintable = (33..<127).contains(byte)
        let found = isPrintable ? "'\(Unicode.Scalar(byte))'" : "of value \(byte)"
        return LogError("byte \(position + 1) is \(found) where \(expected) is expected")
    }

    /// Reads any value.
    mutating func value(_ bytes: Span<UInt8>) throws(LogError) -> Value {
        guard let next = peek(bytes) else { throw unexpected("a value", bytes) }
        switch next {
        case UInt8(ascii: "\""): return .text(try string(bytes))
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let start = position
            try skip(bytes, depth: 1)
            return .nested(try text(bytes, start..<position))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(bytes)
        default: return try word(bytes)
        }
    }

    private mutating func word(_ bytes: Span<UInt8>) throws(LogError) -> Value {
        let words: [(StaticString, Value)] = [
            ("true", .bool(true)), ("false", .bool(false)), ("null", .null), ("NaN", .real(.nan)),
            ("Infinity", .real(.infinity)), ("-Infinity", .real(-.infinity)),
        ]
        for (word, value) in words where matches(word, bytes) {
            position += word.utf8CodeUnitCount
            return value
        }
        throw unexpected("a value", bytes)
    }

    private func matches(_ word: StaticString, _ bytes: Span<UInt8>) -> Bool {
        guard bytes.count - position >= word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { letters in
            letters.indices.allSatisfy { letters[$0] == bytes[position + $0] }
        }
    }

    /// Goes over a value with parts, reading it all the same.
    private mutating func skip(_ bytes: Span<UInt8>, depth: Int) throws(LogError) {
        guard depth <= Self.maximumDepth else {
            throw LogError("the value is nested more than \(Self.maximumDepth) deep")
        }
        let isObject = take("{", bytes)
        if !isObject { position += 1 }
        let end: Unicode.Scalar = isObject ? "}" : "]"
        if take(end, bytes) { return }
        repeat {
            if isObject {
                _ = try string(bytes)
                guard take(":", bytes) else { throw unexpected("':'", bytes) }
            }
            if let next = peek(bytes), next == UInt8(ascii: "{") || next == UInt8(ascii: "[") {
                try skip(bytes, depth: depth + 1)
            } else {
                _ = try value(bytes)
            }
        } while take(",", bytes)
        guard take(end, bytes) else { throw unexpected("',' or '\(end)'", bytes) }
    }

    private func text(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(LogError) -> String {
        do {
            return String(copying: try UTF8Span(validating: bytes.extracting(range)))
        } catch {
            throw LogError("the text at byte \(range.lowerBound + 1) is not UTF-8")
        }
    }
}

// MARK: Strings

extension JSONScanner {
    /// Reads a string.
    mutating func string(_ bytes: Span<UInt8>) throws(LogError) -> String {
        guard take("\"", bytes) else { throw unexpected("a string in double quotes", bytes) }
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return try text(bytes, start..<position - 1)
            case UInt8(ascii: "\\"): return try escapedString(bytes, from: start)
            case 0..<32: throw control(bytes)
            default: position += 1
            }
        }
        throw LogError("a string is never closed")
    }

    /// Reads on from the first escape of a string that began earlier.
    private mutating func escapedString(_ bytes: Span<UInt8>, from start: Int) throws(LogError) -> String {
        var content = try text(bytes, start..<position)
        while position < bytes.count {
            let first = position
            while position < bytes.count, bytes[position] >= 32, ![34, 92].contains(bytes[position]) { position += 1 }
            content += try text(bytes, first..<position)
            guard position < bytes.count, bytes[position] >= 32 else { break }
            position += 1
            if bytes[position - 1] == UInt8(ascii: "\"") { return content }
            content.unicodeScalars.append(try escape(bytes))
        }
        guard position == bytes.count else { throw control(bytes) }
        throw LogError("a string is never closed")
    }

    private func control(_ bytes: Span<UInt8>) -> LogError {
        LogError(
            "byte \(position + 1), in a string, is the control character \(bytes[position]): write it as an escape"
        )
    }

    private mutating func escape(_ bytes: Span<UInt8>) throws(LogError) -> Unicode.Scalar {
        let mark = position < bytes.count ? bytes[position] : 0
        position += 1
        switch mark {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(mark)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            guard var code = codeUnit(bytes) else { break }
            if (0xD800..<0xDC00).contains(code), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                guard let low = codeUnit(bytes), (0xDC00..<0xE000).contains(low) else { break }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            if let scalar = Unicode.Scalar(code) { return scalar }
        default: break
        }
        throw LogError("an escape in a string, before byte \(position + 1), is no character")
    }

    private mutating func codeUnit(_ bytes: Span<UInt8>) -> UInt32? {
        guard bytes.count - position >= 4 else { return nil }
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else { return nil }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }
}

// MARK: Numbers

extension JSONScanner {
    private mutating func number(_ bytes: Span<UInt8>) throws(LogError) -> Value {
        let start = position
        if matches("-Infinity", bytes) { return try word(bytes) }
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let firstDigit = position
        let whole = digits(bytes)
        guard whole == 1 || (whole > 1 && bytes[firstDigit] != UInt8(ascii: "0")) else {
            position = firstDigit
            throw unexpected("a number without leading zeros", bytes)
        }
        var isWhole = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            guard digits(bytes) > 0 else { throw unexpected("a digit", bytes) }
        }
        if position < bytes.count, bytes[position] | 32 == UInt8(ascii: "e") {
            isWhole = false
            position += 1
            if position < bytes.count, [43, 45].contains(bytes[position]) { position += 1 }
            guard digits(bytes) > 0 else { throw unexpected("a digit", bytes) }
        }
        let word = try text(bytes, start..<position)
        if isWhole, let integer = Int64(word) { return .integer(integer) }
        guard let real = Double(word), real.isFinite, !NumberText.vanishes(word, as: real) else {
            throw LogError("\(word.prefix(40)) is beyond a double")
        }
        return .real(real)
    }

    private mutating func digits(_ bytes: Span<UInt8>) -> Int {
        let start = position
        while position < bytes.count, (48...57).contains(bytes[position]) { position += 1 }
        return position - start
    }
}
