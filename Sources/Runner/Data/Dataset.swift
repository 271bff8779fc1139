/// Labelled examples for training and validation, inside the bounds that every part of Varve relies on.
public struct Dataset: Sendable, Equatable {
    /// One half of a dataset.
    public struct Split: Sendable, Equatable {
        /// The examples one after another: examples × features, row-major.
        public let inputs: [Float]
        /// The class of every example, counted from 0.
        public let labels: [Int64]

        /// The number of examples.
        public var examples: Int { labels.count }

        /// Pairs inputs with labels; ``Dataset`` checks that they fit.
        public init(inputs: [Float], labels: [Int64]) {
            self.inputs = inputs
            self.labels = labels
        }
    }

    /// The number of values that an example has.
    public let features: Int
    /// The greatest label of both splits plus one.
    public let classes: Int
    public let training: Split
    public let validation: Split

    /// The sizes in the notebook's wording, where the first dimension is the number of columns.
    public var notebookLines: [String] {
        [("Train", training), ("Validation", validation)].map { name, split in
            "\(name) data: \(split.examples) examples (columns), each of which has \(features) dimensions (rows)"
        }
    }

    static let featureBounds = 1...65_536
    static let labelBounds: ClosedRange<Int64> = 0...9999

    /// Checks the bounds: 1…65 536 features, labels 0…9999, finite inputs, at least one training example.
    public init(features: Int, training: Split, validation: Split) throws(DataError) {
        guard Self.featureBounds.contains(features) else {
            throw DataError("an example has \(features) features: 1 to 65536 are possible")
        }
        guard training.examples > 0 else { throw DataError("there is no training example") }
        try training.check(features: features, name: "training")
        try validation.check(features: features, name: "validation")

        self.features = features
        self.training = training
        self.validation = validation
        classes = Int(max(training.labels.max() ?? 0, validation.labels.max() ?? 0)) + 1
    }
}

extension Dataset.Split {
    fileprivate func check(features: Int, name: String) throws(DataError) {
        guard inputs.count.isMultiple(of: features), inputs.count / features == examples else {
            throw DataError("\(inputs.count) \(name) inputs are not \(examples) examples of \(features) features")
        }
        if let i = inputs.firstIndex(where: { !$0.isFinite }) {
            throw DataError(
                "the input of \(name) example \(i / features), feature \(i % features), is \(inputs[i]) "
                    + "as float32: inputs must be finite"
            )
        }
        if let i = labels.firstIndex(where: { !Dataset.labelBounds.contains($0) }) {
            throw DataError("the label of \(name) example \(i) is \(labels[i]): 0 to 9999 are possible")
        }
    }
}
