/// The arguments of the Python package `mnist1d`, which makes the MNIST-1D dataset, with its defaults.
///
/// S. Greydanus and D. Kobak, "Scaling Down Deep Learning with MNIST-1D", ICML 2024 (arXiv:2011.14439). With the
/// defaults the generated data equal the package's official file in every float32 and every label.
public struct MNIST1D: Sendable, Equatable {
    /// How many examples; a tenth of it, rounded down, for every digit.
    public var numSamples = 5000
    /// The share of the examples that is for training.
    public var trainSplit = 0.8
    /// The length that the templates count for; the templates themselves always have 12 values.
    public var templateLen = 12
    /// The least and the greatest number of zeros put after a template.
    public var padding = [36, 60]
    /// How far the random scale may lie from 1, both ways together.
    public var scaleCoeff = 0.4
    /// The number of places a sample may be rotated to.
    public var maxTranslation = 48
    /// The strength of the smoothed noise where a sample has no signal.
    public var corrNoiseScale = 0.25
    /// The strength of the white noise.
    public var iidNoiseScale = 0.02
    /// How far the random slope may lie from 0, both ways together.
    public var shearScale = 0.75
    /// Whether one random order is applied to the values of every example.
    public var shuffleSeq = false
    /// The number of values (features) of an example.
    public var finalSeqLength = 40
    /// The seed of NumPy's legacy stream.
    public var seed = 42

    /// The package's defaults.
    public init() {}

    /// The arguments by their Python names, in the package's order, each value as JSON.
    public var arguments: [(name: String, json: String)] {
        [
            ("num_samples", "\(numSamples)"), ("train_split", "\(trainSplit)"), ("template_len", "\(templateLen)"),
            ("padding", "\(padding)"), ("scale_coeff", "\(scaleCoeff)"), ("max_translation", "\(maxTranslation)"),
            ("corr_noise_scale", "\(corrNoiseScale)"), ("iid_noise_scale", "\(iidNoiseScale)"),
            ("shear_scale", "\(shearScale)"), ("shuffle_seq", "\(shuffleSeq)"),
            ("final_seq_length", "\(finalSeqLength)"), ("seed", "\(seed)"),
        ]
    }

    /// Generates the dataset: inputs rounded from double to float32, as the notebook's cast does.
    public func generate() throws(DataError) -> Dataset {
        try validate()
        let (values, labels) = generateDoubles()
        let split = trainingExamples
        let cut = split * finalSeqLength
        return try Dataset(
            features: finalSeqLength,
            training: .init(inputs: values[..<cut].map(Float.init), labels: Array(labels[..<split])),
            validation: .init(inputs: values[cut...].map(Float.init), labels: Array(labels[split...]))
        )
    }

    var samplesPerClass: Int { numSamples / 10 }

    private var trainingExamples: Int { Int(Double(samplesPerClass * 10) * trainSplit) }
}

extension MNIST1D {
    /// Refuses arguments that the Python package would fail on, and sizes that no machine is asked for in earnest.
    public func validate() throws(DataError) {
        try check("num_samples", numSamples, in: 10...1_000_000)
        try check("train_split", trainSplit, in: 0...1)
        try check("template_len", templateLen, in: 2...10_000)
        guard padding.count == 2, padding[0] <= padding[1], padding[0] >= 0, padding[1] <= 10_000 else {
            throw DataError("padding is \(padding): it must be two numbers from 0 to 10000, the lower one first")
        }
        try check("scale_coeff", scaleCoeff, in: Self.scaleBounds)
        try check("max_translation", maxTranslation, in: 1...1_000_000)
        try check("corr_noise_scale", corrNoiseScale, in: Self.scaleBounds)
        try check("iid_noise_scale", iidNoiseScale, in: Self.scaleBounds)
        try check("shear_scale", shearScale, in: Self.scaleBounds)
        try check("final_seq_length", finalSeqLength, in: Dataset.featureBounds)
        try check("seed", seed, in: 0...Int(UInt32.max))
        guard trainingExamples > 0 else {
            throw DataError(
                "train_split is \(trainSplit): of \(samplesPerClass * 10) examples at least 1 must be for training"
            )
        }
        guard numSamples * finalSeqLength <= 100_000_000 else {
            throw DataError(
                "num_samples times final_seq_length is \(numSamples * finalSeqLength): at most 100000000 are possible"
            )
        }
    }

    /// Python allows negative scales: a normal is as likely as its opposite.
    private static let scaleBounds = -1_000_000.0...1_000_000

    private func check<Value: Comparable>(
        _ name: String,
        _ value: Value,
        in bounds: ClosedRange<Value>
    ) throws(DataError) {
        guard bounds.contains(value) else {
            throw DataError("\(name) is \(value): it must lie in \(bounds.lowerBound) to \(bounds.upperBound)")
        }
    }
}
