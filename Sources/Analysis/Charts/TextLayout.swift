/// How much room a text takes: an estimate, since a picture does not know the font it will be shown in.
///
/// The widths are those of DejaVu Sans, rounded up; the other usual system fonts are narrower.
func textWidth(_ text: String, size: Double) -> Double {
    text.unicodeScalars.reduce(0) { width, scalar in
        let share: Double =
            switch scalar {
            case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!", " ": 0.34
            case "f", "r", "t", "(", ")", "[", "]", "-", "/", "\"": 0.42
            case "m", "w", "M", "W", "@", "%", "=", "+", "<", ">", "×", "±", "≤", "∞": 0.98
            case "a"..."z", "0"..."9": 0.63
            case "A"..."Z": 0.74
            case _ where scalar.value >= 0x2E80: 1.05
            case _ where scalar.properties.generalCategory == .nonspacingMark: 0
            default: 0.66
            }
        return width + share * size
    }
}

/// A text in lines of at most a width; a single word may be wider.
func wrapped(_ text: String, to width: Double, size: Double) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
        let longer = line.isEmpty ? String(word) : line + " " + word
        if line.isEmpty || textWidth(longer, size: size) <= width {
            line = longer
        } else {
            lines.append(line)
            line = String(word)
        }
    }
    return line.isEmpty ? lines : lines + [line]
}

/// A text no wider than a width, the last character an ellipsis where something was cut off.
func shortened(_ text: String, to width: Double, size: Double) -> String {
    guard textWidth(text, size: size) > width else { return text }
    var result = ""
    for character in text {
        guard textWidth(result + String(character) + "…", size: size) <= width else { break }
        result.append(character)
    }
    return result + "…"
}

/// A name as pictures keep it: of one that is longer than anybody reads the beginning, and in one line.
func clipped(_ name: String, to limit: Int = 200) -> String {
    guard name.utf8.count > limit || name.utf8.contains(10) else { return name }
    let isLong = name.unicodeScalars.dropFirst(limit).first != nil
    var result = ""
    for scalar in name.unicodeScalars.prefix(isLong ? limit - 1 : limit) {
        result.unicodeScalars.append(visible(scalar))
    }
    return isLong ? result + "…" : result
}

/// The name of a measure without what follows it in brackets, `variance`.
func quantity(_ measure: String) -> String {
    let name = measure.prefix { $0 != "(" }
    return clipped(String(name.last == " " ? name.dropLast() : name), to: 60)
}

/// The first of some texts, and how many more there are.
func listed(_ texts: [String], atMost limit: Int, separator: String) -> String {
    let rest = texts.count - limit
    return (texts.prefix(limit) + (rest > 0 ? ["and \(rest) more"] : [])).joined(separator: separator)
}

/// A character that does nothing but show: control characters, which XML forbids and a terminal obeys, become pictures
/// of themselves, and those that hide or turn others U+FFFD.
func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.properties.generalCategory {
    case .control where scalar.value < 0x20: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
    case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
    case .unassigned where scalar.value & 0xFFFE == 0xFFFE: "\u{FFFD}"
    default: scalar
    }
}

/// A text of characters that do nothing but show.
func visible(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars { result.unicodeScalars.append(visible(scalar)) }
    return result
}
