import Questions
import Storage

/// A word as it can be typed into a shell; what could harm the terminal in the notation of bash, zsh and ksh.
func shellQuoted(_ word: String) -> String {
    let plain = Set<Unicode.Scalar>(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%".unicodeScalars
    )
    if !word.isEmpty, word.unicodeScalars.allSatisfy(plain.contains) { return word }
    guard word.unicodeScalars.contains(where: isHarmful) else {
        return "'" + word.parts(between: "'").joined(separator: "'\\''") + "'"
    }
    let letters = word.unicodeScalars.map { scalar in
        switch scalar {
        case "'", "\\": "\\\(scalar)"
        case _ where isHarmful(scalar): scalar.utf8.map { "\\x" + Digest.hexadecimal([$0]) }.joined()
        default: String(scalar)
        }
    }
    return "$'" + letters.joined() + "'"
}

/// The parts of a word that was typed as `key=value`; nil where there is no key.
func keyAndValue(_ word: String) -> (key: String, value: String)? {
    guard let mark = word.utf8.firstIndex(of: UInt8(ascii: "=")), mark != word.startIndex else { return nil }
    return (String(word[..<mark]), String(word[word.utf8.index(after: mark)...]))
}

/// The parts of the words of an option that takes `key=value`.
func keyed(_ words: [String], _ option: String) throws(UsageError) -> [(key: String, value: String)] {
    try words.map { word throws(UsageError) in
        guard let pair = keyAndValue(word) else { throw UsageError("\(option) \(word): write it as key=value") }
        return pair
    }
}

/// A span of time that was typed as `90`, `90s` or `1.5h`, in milliseconds.
func milliseconds(_ text: String, _ option: String, least: Int64) throws(UsageError) -> Int64 {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    let unit = text.last.flatMap { units[$0] }
    let digits = unit == nil ? text[...] : text.dropLast()
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }),
        let number = Double(digits), case let time = number * (unit ?? 1) * 1000, (Double(least)...1e12).contains(time)
    else { throw UsageError("\(option) \(text): write a time as 90s, 30m, 2h or 1d") }
    return Int64(time)
}

/// The things that words name, each once; `reading` finds the thing of a word, which is else the one of that name.
func chosen<Choice: CaseIterable & Hashable>(
    _ words: [String],
    of kind: String,
    in place: String = "",
    _ name: (Choice) -> String,
    reading: ((String) -> Choice?)? = nil
) throws(UsageError) -> [Choice] {
    var all: [Choice] = []
    for word in words {
        guard let choice = reading?(word) ?? Choice.allCases.first(where: { name($0) == word }) else {
            let known = Choice.allCases.map(name)
            let meant = Suggestion.closest(to: word, among: known).map { "did you mean \($0)? There are" }
            let hint = "\(meant ?? "choose from") \(known.joined(separator: ", "))"
            throw UsageError("\(place)there is no \(kind) '\(word)': \(hint)")
        }
        guard !all.contains(choice) else { throw UsageError("\(place)\(kind) '\(word)' is given twice") }
        all.append(choice)
    }
    return all
}
