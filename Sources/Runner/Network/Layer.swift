/// A named place in the network at which the variance is measured.
public struct Layer: Sendable, Equatable {
    /// The notebook's name, such as `After first residual connection`.
    public let name: String
    /// The name on the command line and in JSON, such as `residual1`.
    public let shortName: String
    /// Its order in the network, from 0.
    public let position: Int
    /// Whether a norm has acted on the residual sum before it is measured.
    public let afterNorm: Bool
}

extension Configuration {
    /// The places where the variance is measured, in order; the same names in every architecture.
    ///
    /// In `batchnorm` the last one lies behind the last norm, as in the notebook.
    public var layers: [Layer] {
        let start = [
            Layer(name: "Input", shortName: "input", position: 0, afterNorm: false),
            Layer(name: "First preactivation", shortName: "preactivation", position: 1, afterNorm: false),
        ]
        return start
            + (1...max(blocks, 1)).map { block in
                Layer(
                    name: block <= ordinals.count
                        ? "After \(ordinals[block - 1]) residual connection" : "After residual connection \(block)",
                    shortName: "residual\(block)",
                    position: block + 1,
                    afterNorm: architecture == .batchnorm && block == blocks
                )
            }
    }
}

private let ordinals = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
]
