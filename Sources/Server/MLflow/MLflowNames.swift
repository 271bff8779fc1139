import Storage

/// What MLflow asks of names and values.
enum MLflowNames {
    static let longestKey = 250
    static let longestParam = 6000
    static let longestTag = 8000
    static let longestExperimentTag = 20_000
    static let longestExperiment = 500

    /// Holds the key of a metric, a param or a tag to letters, digits and `_ - . : / space`, and to being a path that is
    /// written in the one way.
    static func check(_ key: String, at path: @autoclosure () -> String) throws(MLflowError) {
        if isPlain(key) { return }
        let path = path()
        guard key.unicodeScalars.allSatisfy({ isAllowed($0) }) else {
            throw .wrong(
                .string(key),
                for: path,
                "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colons (:) and slashes (/)."
            )
        }
        let words = key.split(separator: "/", omittingEmptySubsequences: false)
        guard !key.isEmpty, !key.hasPrefix(".."), !words.contains(where: { ["", ".", ".."].contains($0) }) else {
            throw .wrong(
                .string(key),
                for: path,
                "Names may be treated as files in certain cases, and must not resolve to other names when treated as such."
            )
        }
        guard key.unicodeScalars.count <= longestKey else {
            throw .invalid("'\(path)' exceeds the maximum length of \(longestKey) characters")
        }
    }

    /// Whether a key is one of most: not too long, of ASCII alone, and nothing that might be a path.
    private static func isPlain(_ key: String) -> Bool {
        (1...longestKey).contains(key.utf8.count)
            && key.utf8.allSatisfy { isLetterOrDigit($0) || [0x20, 0x2D, 0x3A, 0x5F].contains($0) }
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".", ":", "/", " ": return true
        default:
            let properties = scalar.properties
            return scalar.value > 127 && (properties.isAlphabetic || properties.numericType != nil)
        }
    }

    /// A text that is not longer than it may be.
    static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit, text.unicodeScalars.count > limit else { return text }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text.unicodeScalars.prefix(limit))
        return String(view)
    }

    /// Holds the id of a run, as programs may give it, to its form.
    static func checkRunID(_ id: String) throws(MLflowError) {
        let isFormed =
            id.utf8.first.map { isLetterOrDigit($0) } == true && id.utf8.count <= 256
            && id.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
        guard isFormed else { throw .wrong(.string(id), for: "run_id", "it is no id of a run") }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    /// The number of an experiment.
    static func experimentID(_ text: String) throws(MLflowError) -> Int64 {
        guard let id = Int64(text) else {
            throw .invalid("Invalid experiment ID '\(text)'. Experiment ID must be a valid integer.")
        }
        return id
    }

    static func checkExperiment(_ name: String) throws(MLflowError) {
        guard !name.isEmpty else { throw .invalid("Invalid experiment name: ''") }
        guard name.unicodeScalars.count <= longestExperiment else {
            throw .invalid("'name' exceeds the maximum length of \(longestExperiment) characters")
        }
    }

    private static let adjectives = [
        "amber", "brave", "calm", "clear", "crisp", "early", "fair", "firm", "fleet", "gentle", "grand", "keen", "kind",
        "late", "light", "lively", "mild", "neat", "noble", "plain", "proud", "quick", "quiet", "rapid", "sharp",
        "silent", "smooth", "steady", "still", "swift", "tidy", "warm",
    ]
    private static let nouns = [
        "anchor", "arrow", "badger", "beacon", "birch", "brook", "canyon", "cedar", "comet", "crane", "dune", "falcon",
        "fern", "finch", "harbor", "heron", "lantern", "larch", "lark", "maple", "meadow", "otter", "pebble", "pine",
        "plover", "ridge", "river", "robin", "sparrow", "spruce", "thistle", "willow",
    ]

    /// A name for a run that was given none.
    static func random() -> String {
        let (first, second) = (adjectives.randomElement() ?? "plain", nouns.randomElement() ?? "run")
        return "\(first)-\(second)-\(Int.random(in: 100...999))"
    }
}

/// A place in a list as an opaque text.
enum MLflowToken {
    /// What a token belongs to, and what is said where it belongs to another one.
    typealias Bond = (value: String, complaint: String)

    static func text(of place: RemotePlace, _ bonds: [Bond] = []) -> String {
        let words = ["\(place.offset)", "\(place.last ?? -1)"] + bonds.map { mark(of: $0.value) }
        let text = words.joined(separator: ".")
        return Digest.hexadecimal(Array("\(text).\(mark(of: text))".utf8))
    }

    /// Reads a token; the beginning of the list where there is none.
    static func place(_ token: String?, _ bonds: [Bond] = []) throws(MLflowError) -> RemotePlace {
        guard let token, !token.isEmpty else { return RemotePlace() }
        let bytes = Array(token.utf8)
        var text: [UInt8] = []
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            guard let byte = UInt8(String(decoding: bytes[index...index + 1], as: UTF8.self), radix: 16) else { break }
            text.append(byte)
        }
        let parts = String(decoding: text, as: UTF8.self).split(separator: ".")
        guard bytes.count % 2 == 0, parts.count == 3 + bonds.count, let offset = Int(parts[0]), offset >= 0,
            let last = Int64(parts[1]), parts[parts.count - 1] == mark(of: parts.dropLast().joined(separator: "."))
        else { throw .invalid("Invalid page token") }
        for (bond, part) in zip(bonds, parts[2...]) where part != mark(of: bond.value) {
            throw .invalid(bond.complaint)
        }
        return RemotePlace(offset: offset, last: last < 0 ? nil : last)
    }

    private static func mark(of text: String) -> String { String(Digest.sha256(text.utf8).prefix(8)) }
}
