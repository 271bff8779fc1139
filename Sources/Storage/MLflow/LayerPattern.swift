/// Which metrics of another program are variances of layers: a name with `{layer}` in place of the layer's own name.
///
/// `{layer}.variance` makes of `layer3.variance` the variance of `layer3`.
public struct LayerPattern: Sendable, Equatable {
    private let prefix: String
    private let suffix: String

    /// Reads a pattern; nil for one that does not hold `{layer}` once.
    public init?(_ text: String) {
        let parts = text.split(separator: "{layer}", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        prefix = String(parts[0])
        suffix = String(parts[1])
    }

    /// The layer that a metric's name means; nil where it is no variance.
    public func layer(in key: String) -> String? {
        guard key.utf8.count > prefix.utf8.count + suffix.utf8.count, key.ends(in: suffix) else { return nil }
        return key.behind(prefix).map { String(decoding: $0.utf8.dropLast(suffix.utf8.count), as: UTF8.self) }
    }

    /// Orders names as people count: `layer2` before `layer10`.
    static func isBefore(_ first: String, _ second: String) -> Bool {
        let (one, other) = (pieces(of: first), pieces(of: second))
        for (left, right) in zip(one, other) where left != right {
            guard let leftNumber = Int(left), let rightNumber = Int(right), leftNumber != rightNumber else {
                return left < right
            }
            return leftNumber < rightNumber
        }
        return one.count == other.count ? first < second : one.count < other.count
    }

    /// The runs of digits and those of everything else.
    private static func pieces(of name: String) -> [String] {
        var pieces: [String] = []
        var isNumber = false
        for scalar in name.unicodeScalars {
            let isDigit = ("0"..."9").contains(scalar)
            if isDigit != isNumber || pieces.isEmpty { pieces.append("") }
            isNumber = isDigit
            pieces[pieces.count - 1].unicodeScalars.append(scalar)
        }
        return pieces
    }
}
