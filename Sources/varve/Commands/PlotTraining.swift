import Analysis
import ArgumentParser
import Storage

/// Draws one run by step.
struct PlotTraining: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training",
        abstract: "Draw one run by step: the variance of every layer as a map, the losses below.",
        discussion: """
            RUN is a run's number, or at least 4 characters of its uuid. Where a value first was not finite is marked.

            Example:
              varve plot training 1 --output training.svg
            """
    )

    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var word: String

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func run() throws {
        let store = try common.openForReading()
        let run = try store.run(word)
        var points: [Int64: [Series.Point]] = [:]
        try store.forEachStep(of: run.number) { step, layer, variance in
            points[layer, default: []].append(Series.Point(x: Int(step), y: variance))
        }
        guard !points.isEmpty else { throw CommandError(.missing, "run \(run.number) has recorded no variances") }
        let losses = try [("loss", "training loss"), ("val_loss", "validation loss")].compactMap { key, name in
            var points: [Series.Point] = []
            try store.forEachValue(ofMetric: key, in: run.number) { step, value in
                points.append(Series.Point(x: Int(step), y: value))
            }
            return points.isEmpty ? nil : Series(name: name, points: points)
        }
        let layers = try store.layers().filter { points[$0.id] != nil }
        let plot = TrainingPlot(
            title: "Run \(run.number): variance by layer and step",
            subtitle: try subtitle(of: run, in: store),
            layers: layers.map { layer in Series(name: layer.place.name, points: points[layer.id] ?? []) },
            losses: losses,
            measure: pictureTitle(ofMeasures: Set(layers.map(\.place.measure)).sorted())
        )
        try picture.write(plot.svg, common)
    }

    /// What the run was: `plain, seed 0, learning rate 0.05, 1000 steps`.
    private func subtitle(of run: Run, in store: Store) throws -> String {
        let rate = try RunDetails(store).params(of: run.number).first { $0.key == "learning_rate" }
        return [
            run.architecture, run.seed.map { "seed \($0)" }, rate.map { "learning rate \(Cell($0.value).exact)" },
            "\(run.steps) \(run.steps == 1 ? "step" : "steps")", run.status == .finished ? nil : run.status.rawValue,
        ].compactMap(\.self).joined(separator: ", ")
    }
}
