import ArgumentParser
import Runner

extension DatasetCommand {
    /// Generates MNIST-1D with the arguments of the Python package.
    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration("generate", PackageResources.dataset_generate_txt)

        @Option(help: .value("name", "The dataset's name."))
        var name = StoredDataset.standardName

        @Option(help: "Examples, a tenth of them for each digit.")
        var numSamples = MNIST1D().numSamples

        @Option(help: "The share of the examples that is for training.")
        var trainSplit = MNIST1D().trainSplit

        @Option(help: "The length that the templates count for.")
        var templateLen = MNIST1D().templateLen

        @Option(
            parsing: .upToNextOption,
            help: .value(
                "number",
                "The least and the greatest number of zeros after a template. (default: \(Self.padding))"
            )
        )
        var padding: [Int] = []

        private static let padding = MNIST1D().padding.map(String.init).joined(separator: " ")

        @Option(help: "How far the random scale may lie from 1, both ways together.")
        var scaleCoeff = MNIST1D().scaleCoeff

        @Option(help: "The number of places a sample may be rotated to.")
        var maxTranslation = MNIST1D().maxTranslation

        @Option(help: "The strength of the smoothed noise where there is no signal.")
        var corrNoiseScale = MNIST1D().corrNoiseScale

        @Option(help: "The strength of the white noise.")
        var iidNoiseScale = MNIST1D().iidNoiseScale

        @Option(help: "How far the random slope may lie from 0, both ways together.")
        var shearScale = MNIST1D().shearScale

        @Flag(help: "Apply one random order to the values of every example.")
        var shuffleSeq = false

        @Option(help: "The number of values of an example.")
        var finalSeqLength = MNIST1D().finalSeqLength

        @Option(help: "The seed of NumPy's legacy stream.")
        var seed = MNIST1D().seed

        @OptionGroup var common: CommonOptions

        func run() throws {
            var generator = MNIST1D()
            generator.numSamples = numSamples
            generator.trainSplit = trainSplit
            generator.templateLen = templateLen
            if !padding.isEmpty { generator.padding = padding }
            generator.scaleCoeff = scaleCoeff
            generator.maxTranslation = maxTranslation
            generator.corrNoiseScale = corrNoiseScale
            generator.iidNoiseScale = iidNoiseScale
            generator.shearScale = shearScale
            generator.shuffleSeq = shuffleSeq
            generator.finalSeqLength = finalSeqLength
            generator.seed = seed
            do {
                try generator.validate()
            } catch {
                throw UsageError("\(error)")
            }
            let store = try common.openForWriting()
            try common.show(StoredDataset.generate(generator, name: name, in: store), in: store)
        }
    }
}
