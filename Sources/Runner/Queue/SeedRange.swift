/// Seeds as a person types them: `7`, `0-99`, `1,5,9-12`, `0...99`, `0..<100`.
///
/// Kept as ranges, so that a billion seeds take no memory.
public struct SeedRange: Sendable {
    public let ranges: [ClosedRange<UInt32>]

    /// One seed.
    public init(_ seed: UInt32) { ranges = [seed...seed] }

    /// Reads a list of seeds and ranges.
    ///
    /// - Throws: ``ConfigurationError`` that names the part which is wrong.
    public init(parsing text: String) throws(ConfigurationError) {
        ranges = try Self.parse(text)
    }

    /// How many seeds there are.
    public var count: Int { ranges.reduce(0) { $0 + $1.count } }

    private static func parse(_ text: String) throws(ConfigurationError) -> [ClosedRange<UInt32>] {
        var ranges: [ClosedRange<UInt32>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let range = try range(part, in: text)
            if let taken = ranges.first(where: { $0.overlaps(range) }) {
                throw ConfigurationError("seeds", "\(text): seed \(max(taken.lowerBound, range.lowerBound)) is given twice")
            }
            ranges.append(range)
        }
        return ranges
    }

    private static func range(_ part: Substring, in text: String) throws(ConfigurationError) -> ClosedRange<UInt32> {
        for (separator, isOpen) in [("..<", true), ("...", false), ("-", false)] {
            guard let place = part.firstRange(of: separator) else { continue }
            let low = try seed(part[..<place.lowerBound], in: text)
            let high = try seed(part[place.upperBound...], in: text)
            guard low < high || (low == high && !isOpen) else {
                throw ConfigurationError("seeds", "\(text): '\(part)' holds no seed: the lower end comes first")
            }
            return low...(isOpen ? high - 1 : high)
        }
        let seed = try seed(part, in: text)
        return seed...seed
    }

    private static func seed(_ word: Substring, in text: String) throws(ConfigurationError) -> UInt32 {
        guard !word.isEmpty, word.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw ConfigurationError(
                "seeds",
                "\(text): '\(word)' is no seed: give whole numbers and ranges, as 0-99 or 1,5,9-12"
            )
        }
        guard let seed = UInt32(word) else {
            throw ConfigurationError(
                "seeds",
                "\(text): \(word) is too large: only 32 bits reach PyTorch's generator, so seeds go to 4294967295"
            )
        }
        return seed
    }
}
