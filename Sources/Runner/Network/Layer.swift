/// A named place in the network at which something is measured, and what.
public struct Layer: Sendable, Equatable {
    /// The notebook's name, such as `After first residual connection`.
    public let name: String
    /// The name on the command line and in JSON, such as `residual1`.
    public let shortName: String
    /// Its order in the network, from 0.
    public let position: Int
    /// What is measured there.
    public let measure: Measure
    /// Whether a norm has acted on the residual sum before it is measured.
    public let afterNorm: Bool
}

extension Configuration {
    /// The places where the variance is measured, in order; the same names in every architecture.
    public var layers: [Layer] { layers(recording: [.variance]) }

    /// The places where some measures are taken: measure by measure in the order of ``Measure``, each by position.
    ///
    /// In `batchnorm` the last one lies after the last norm, as in the notebook. Dead units are counted where a relu
    /// follows: not at the input and not at the last sum.
    public func layers(recording measures: Set<Measure>) -> [Layer] {
        Measure.allCases.filter(measures.contains).flatMap { measure in
            (measure == .deadShare ? 1...blocks : 0...blocks + 1).map { layer($0, measure) }
        }
    }

    private func layer(_ position: Int, _ measure: Measure) -> Layer {
        let block = position - 1
        let (name, shortName) =
            switch block {
            case -1: ("Input", "input")
            case 0: ("First preactivation", "preactivation")
            case 1...ordinals.count: ("After \(ordinals[block - 1]) residual connection", "residual\(block)")
            default: ("After residual connection \(block)", "residual\(block)")
            }
        return Layer(
            name: name,
            shortName: shortName,
            position: position,
            measure: measure,
            afterNorm: architecture == .batchnorm && block == blocks
        )
    }
}

private let ordinals = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
]
