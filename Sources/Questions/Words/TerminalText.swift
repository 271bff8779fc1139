import Glibc
import Storage

/// A text with everything escaped that could move the cursor, change colours or break the line.
public func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHarmful) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\r": result += "\\r"
        case _ where isHarmful(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// Whether a character could move the cursor, change colours or break the line.
public func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 32 || scalar.value == 127 }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
    default: false
    }
}

/// How many places a text takes on a terminal: none for combining marks, two for wide scripts and pictures.
public func displayWidth(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 < 128 }) { return text.utf8.count }
    // Latin letters, dashes, quotes and ellipses take one place each; asking Unicode takes its time in long tables.
    let isPlain = text.unicodeScalars.allSatisfy { $0.value < 0x300 || (0x2010...0x2027).contains($0.value) }
    if isPlain { return text.unicodeScalars.count }
    return text.reduce(0) { width, character in
        guard let first = character.unicodeScalars.first else { return width }
        let isWide: Bool =
            switch first.value {
            case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
                0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x17000...0x18AFF, 0x1B000...0x1B2FF,
                0x20000...0x3FFFD:
                true
            // Signs that are pictures by themselves, or by the selector after them.
            default: first.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}")
            }
        return width + (isWide ? 2 : 1)
    }
}

/// A text of at most this many places, the last one an ellipsis where something was cut off.
public func cut(_ text: String, to width: Int) -> String {
    guard displayWidth(text) > width else { return text }
    var result = ""
    var used = 0
    for character in text {
        let next = displayWidth(String(character))
        guard used + next < width else { break }
        used += next
        result.append(character)
    }
    return result + "…"
}

/// A sentence on lines of at most this many places, all but the first indented.
public func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
        if !line.isEmpty, displayWidth(line) + 1 + displayWidth(String(word)) > width {
            lines.append(line)
            line = "  " + word
        } else {
            line += (line.isEmpty ? "" : " ") + word
        }
    }
    return lines + [line]
}

/// A moment in UTC, as filters take it; to the second, or to the minute.
public func date(_ milliseconds: Int64, toMinute: Bool = false) -> String {
    var seconds = time_t(milliseconds / 1000)
    var parts = tm()
    guard gmtime_r(&seconds, &parts) != nil else { return milliseconds.description }
    var buffer = [CChar](repeating: 0, count: 64)
    let count = strftime(&buffer, buffer.count, toMinute ? "%Y-%m-%d %H:%MZ" : "%Y-%m-%d %H:%M:%SZ", &parts)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// A number of bytes for people; a small one is given in bytes, under the name given.
public func byteCount(_ bytes: Int64, named name: String = "bytes") -> String {
    guard bytes >= 1024 else { return "\(bytes) \(name)" }
    var value = Double(bytes) / 1024
    for unit in ["KiB", "MiB", "GiB"] {
        if value < 1024 { return formatted("%.1f ", value) + unit }
        value /= 1024
    }
    return formatted("%.1f TiB", value)
}

/// A sentence in Markdown whose names begin no HTML.
public func markdownProse(_ text: String) -> String {
    guard text.utf8.contains(where: { "<&".utf8.contains($0) }) else { return text }
    return text.unicodeScalars.map { $0 == "<" ? "&lt;" : $0 == "&" ? "&amp;" : String($0) }.joined()
}

/// A text in which digests are as short as in tables.
func withShortDigests(_ text: String) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false).map { word in
        Digest.isHexadecimal(word, count: 64) ? word.prefix(12) : word
    }.joined(separator: " ")
}

/// A time for people, as `45 s`, `3 min 20 s` or `2 h 5 min`.
public func duration(_ seconds: Double) -> String {
    guard seconds < 1e9 else { return "years" }
    let seconds = Int(max(0, seconds.rounded()))
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
    return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
}
