import Analysis
import ArgumentParser
import Storage

/// Draws the variance by layer.
struct PlotProfile: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Draw the variance of every layer from the input to the output, a line for each group of runs.",
        discussion: """
            A group is an architecture, a RUN, or a quoted FILTER; without any, each architecture is one. It holds \
            finished runs that were not deleted; of runs equal in configuration, seed and dataset the newest counts.

            Examples:
              varve plot profile --output profile.svg
              varve plot profile plain batchnorm --step 0 --output profile.svg
              varve plot profile 1 "architecture = 'plain' AND seed >= 10" \\
                --output profile.svg
            """
    )

    @Argument(help: ArgumentHelp("Architectures, runs or filters.", valueName: "group"), completion: .architectures)
    var groups: [String] = []

    @Option(help: ArgumentHelp("A step, or final: the last recorded one of each run.", valueName: "n"))
    var step = RecordedStep.final

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func run() throws {
        let store = try common.openForReading()
        let words = groups.isEmpty ? try store.architectures() : groups
        guard !words.isEmpty else {
            throw CommandError(.missing, "no finished run in \(store.path) has an architecture")
        }
        let layers = try store.layers()
        let profiles = try words.map { try DepthProfile($0, step: step, layers: layers, in: store) }
        for profile in profiles where profile.kinds > 1 {
            common.notice(
                "\(escaped(profile.name)) mixes runs of \(profile.kinds) configurations or datasets: a filter parts them"
            )
        }
        // Layers of one name and depth share a place, whether or not a norm stands before it.
        var places: [LayerPlace] = []
        for layer in layers where profiles.contains(where: { $0.measured.contains(layer.id) }) {
            let isThere = places.contains { $0.name == layer.place.name && $0.position == layer.place.position }
            if !isThere { places.append(layer.place) }
        }
        let measures = Set(
            layers.filter { layer in profiles.contains { $0.measured.contains(layer.id) } }.map(\.place.measure)
        )
        guard measures.count < 2 else {
            throw CommandError(
                .badData,
                "the runs were measured in different ways (\(measures.sorted().joined(separator: ", "))), "
                    + "which are never put together: choose runs with filters"
            )
        }
        let plot = ProfilePlot(
            title: "Variance by layer",
            subtitle: "at " + (step.number == nil ? "each run's last step" : step.text),
            layers: places.map(\.name),
            groups: profiles.map { $0.group(over: places, layers: layers) },
            measure: pictureTitle(ofMeasures: measures.sorted())
        )
        try picture.write(plot.svg, common)
    }
}
