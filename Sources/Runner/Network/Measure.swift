/// A quantity that is measured at the layers: one number a layer and step, of the values f of a layer [batch × units].
public enum Measure: String, CaseIterable, Sendable {
    /// The mean over the units of their population variance over the batch, rounded as by NumPy: the notebook's number.
    case variance = "population_mean"
    /// The mean over the units of the mean over the batch of f².
    case secondMoment = "second_moment"
    /// The mean over units and batch of (B · ∂L/∂f)², L the batch's mean loss and B its size: without batch norm, each
    /// example's own gradient.
    case gradientSecondMoment = "gradient_second_moment"
    /// The share of the units whose relu, after the norm where one comes first, is 0 for the whole batch.
    case deadShare = "dead_share"

    /// The name on the command line.
    public var word: String {
        switch self {
        case .variance: "variance"
        case .secondMoment: "second-moment"
        case .gradientSecondMoment: "gradient"
        case .deadShare: "dead"
        }
    }

    /// Reads a ``word``, in which an underscore may replace the hyphen.
    public init?(word: String) {
        let word = String(word.map { $0 == "_" ? "-" : $0 })
        guard let measure = Measure.allCases.first(where: { $0.word == word }) else { return nil }
        self = measure
    }
}

/// What was measured in one step, for each measure a value at each position; see ``Layer/position``.
struct Measurements {
    private let variances: Matrix  // [1 × positions], as all of them
    private let secondMoments: Matrix
    private let gradients: Matrix
    private let deadShares: Matrix

    /// Takes its memory from a slab.
    init(positions: Int, from carver: inout Slab.Carver) {
        variances = carver.matrix(1, positions)
        secondMoments = carver.matrix(1, positions)
        gradients = carver.matrix(1, positions)
        deadShares = carver.matrix(1, positions)
    }

    /// The value at a position; what was not measured there is left from an earlier step.
    subscript(measure: Measure, position: Int) -> Float {
        get { matrix(measure).start[position] }
        nonmutating set { matrix(measure).start[position] = newValue }
    }

    private func matrix(_ measure: Measure) -> Matrix {
        switch measure {
        case .variance: variances
        case .secondMoment: secondMoments
        case .gradientSecondMoment: gradients
        case .deadShare: deadShares
        }
    }
}
