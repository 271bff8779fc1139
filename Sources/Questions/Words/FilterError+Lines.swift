public import Storage

extension FilterError {
    /// The error as a person at a terminal reads it, with a mark under the place.
    ///
    ///     there is no field 'archtecture'
    ///       archtecture = 'plain'
    ///       ^ expected architecture, …
    ///
    /// A text that is too long for the line is cut on both sides of the place.
    ///
    /// - Parameter width: the columns of the terminal.
    /// - Returns: three lines, or four.
    public func lines(width: Int) -> [String] {
        let before = escaped(String(decoding: text.utf8.prefix(offset), as: UTF8.self))
        let after = escaped(String(decoding: text.utf8.dropFirst(offset), as: UTF8.self))
        let room = max(20, width - 2)
        let isWhole = displayWidth(before) + displayWidth(after) <= room
        let start = isWhole ? before : Self.end(of: before, width: room / 2)
        let place = displayWidth(start)
        let mark = "  " + String(repeating: " ", count: place) + "^"
        let words = "expected " + expected
        let meant = unknownField.flatMap(Self.meant)
        let reason = reason + (meant.map { ": did you mean \($0)?" } ?? "")
        let lines = [cut(escaped(reason), to: 200), "  " + start + cut(after, to: room - place)]
        return lines + (place + 2 + words.count <= room ? [mark + " " + words] : [mark, "  " + words])
    }

    /// The field that somebody probably meant: `seed` for `sede`, `metrics.loss` for `metrcs.loss`.
    private static func meant(_ field: String) -> String? {
        guard let point = field.firstIndex(of: ".") else {
            return Suggestion.closest(to: field, among: RunField.Attribute.allCases.map(\.rawValue))
        }
        let kinds = ["params", "metrics", "tags"] + RunField.LayerMeasure.allCases.map(\.rawValue)
        return Suggestion.closest(to: String(field[..<point]), among: kinds).map { $0 + field[point...] }
    }

    /// The end of a text, with an ellipsis where something was cut off.
    private static func end(of text: String, width: Int) -> String {
        guard displayWidth(text) > width else { return text }
        var result: [Character] = []
        var used = 1
        for character in text.reversed() {
            used += displayWidth(String(character))
            guard used <= width else { break }
            result.append(character)
        }
        return "…" + String(result.reversed())
    }
}
