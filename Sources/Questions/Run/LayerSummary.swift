import Analysis
import Storage

/// What was measured at the end of some runs by layer: mean and standard deviation, a column for each kind of run.
struct LayerSummary {
    private let titles: [String]
    private var layers: [String] = []
    private var known: Set<ExactText> = []
    private var values: [[ExactText: [Double]]]
    private var counts: [Int]

    /// Begins without runs.
    ///
    /// - Parameter titles: the names of the kinds.
    init(_ titles: [String]) {
        self.titles = titles
        values = titles.map { _ in [:] }
        counts = titles.map { _ in 0 }
    }

    /// Adds what was measured in a run, which is of one of the kinds.
    mutating func add(_ measured: [LayerVariance], to kind: Int) {
        counts[kind] += 1
        for layer in measured {
            let name = layer.quantity == "variance" ? layer.layer : "\(layer.layer), \(layer.quantity)"
            if known.insert(ExactText(name)).inserted { layers.append(name) }
            values[kind][ExactText(name), default: []].append(layer.variance)
        }
    }

    /// A row for each layer and measure.
    var table: Table {
        Table(
            ["layer"] + zip(titles, counts).map { "\($0) (n = \($1))" },
            rows: layers.map { layer in [.text(layer)] + values.map { Self.cell(Summary($0[ExactText(layer)] ?? [])) } }
        )
    }

    private static func cell(_ summary: Summary) -> Cell {
        let note = summary.nonFinite == 0 ? "" : " (\(summary.nonFinite) not finite)"
        guard let mean = summary.mean else { return note.isEmpty ? .missing : .text("–" + note) }
        guard let deviation = summary.standardDeviation else { return .text(rounded(mean) + note) }
        return .text(rounded(mean, deviation: deviation) + note)
    }
}
