import ArgumentParser
import Storage

/// Shows one run whole.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one run whole: params, metrics, tags, variances by layer, weights, digests, environment.",
        discussion: """
            RUN is a run's number, or at least 4 characters of its uuid.

            Examples:
              varve show 1
              varve show 1 --format json
            """
    )

    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var word: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let store = try common.openForReading()
        let run = try store.run(word)
        let output = common.output()
        if output.format == .json {
            try output.line(json(run, in: store).text)
        } else {
            try writeTables(run, in: store, to: output)
        }
        try output.finish()
    }

    private func json(_ run: Run, in store: Store) throws -> JSON {
        guard case .object(var members) = try JSON(run: run, RunDetails(store), variances: true) else { return .null }
        members.append(.init("lifecycle", JSON(try store.lifecycle(of: run.number)?.rawValue)))
        members.append(.init("weights", .array(try store.tensors(of: run.number).map { JSON(tensor: $0) })))
        members.append(.init("environment", try run.environment.map { try JSON(stored: $0, in: store) } ?? .null))
        return .object(members)
    }

    private func writeTables(_ run: Run, in store: Store, to output: Output) throws {
        let details = try RunDetails(store)
        var facts = Table(["key", "value"])
        func add(_ key: String, _ cell: Cell) {
            if case .missing = cell { return }
            facts.append(.text(key), cell)
        }
        add("run", Cell(run.number))
        add("uuid", .text(run.uuid))
        add("experiment", .text(run.experiment))
        add("name", Cell(run.name))
        add("architecture", Cell(run.architecture))
        add("seed", Cell(run.seed))
        add("status", .text(run.status.rawValue))
        if let lifecycle = try store.lifecycle(of: run.number), lifecycle != .active {
            add("lifecycle", .text(lifecycle.rawValue))
        }
        add("started", .moment(run.started))
        add("ended", run.ended.map { .moment($0) } ?? .missing)
        add("steps", Cell(run.steps))
        add("last step", Cell(run.lastStep))
        add("dataset", Cell(run.datasetName))
        for param in try details.params(of: run.number) { add("params.\(param.key)", Cell(param.value)) }
        for metric in try details.lastMetrics(of: run.number) {
            add("metrics.\(metric.key)", .real(metric.value))
        }
        for tag in try details.tags(of: run.number) { add("tags.\(tag.key)", Cell(tag.value)) }
        add("digest of dataset", Cell(run.datasetDigest))
        add("digest of configuration", Cell(run.configurationDigest))
        add("digest of initial weights", Cell(run.initialWeightsDigest))
        add("digest of batch order", Cell(run.batchOrderDigest))
        add("digest of final weights", Cell(run.finalWeightsDigest))
        add("numerics", Cell(run.numerics))
        if case .object(let members)? = try run.environment.map({ try JSON(stored: $0, in: store) }) {
            for member in members {
                if case .string(let text) = member.value {
                    add(member.key, .text(text))
                } else {
                    add(member.key, .text(member.value.text))
                }
            }
        }
        let tensors = try store.tensors(of: run.number)
        for stage in ["initial", "final"] {
            let kept = tensors.filter { $0.stage == stage }
            guard !kept.isEmpty else { continue }
            add("\(stage) weights", .text("\(kept.count) tensors, \(byteCount(kept.reduce(0) { $0 + $1.size }))"))
        }
        let variances = try details.variances(of: run)
        if output.format == .csv {
            // One table for programs: the variances are facts as well.
            for layer in variances { add("\(layer.quantity).\(layer.name)", .real(layer.variance)) }
            return try output.emit(facts)
        }
        try output.emit(facts)
        try output.line()

        var layers = Table(["position", "layer", "name", "after norm", "measure", "step", "value"])
        for layer in variances {
            layers.append(
                Cell(layer.position),
                .text(layer.layer),
                .text(layer.name),
                .text(layer.afterNorm ? "yes" : "no"),
                .text(layer.quantity),
                Cell(layer.step),
                .real(layer.variance)
            )
        }
        try output.emit(layers)
    }
}

extension JSON {
    /// JSON text from a column of the store.
    init(stored text: String, in store: Store) throws {
        do {
            self = try JSON(parsing: text)
        } catch {
            throw StoreError.notJSON(path: store.path, text: text)
        }
    }

    init(tensor: TensorSummary) {
        self = [
            "stage": .string(tensor.stage),
            "position": .integer(tensor.position),
            "name": .string(tensor.name),
            "shape": (try? JSON(parsing: tensor.shape)) ?? .string(tensor.shape),
            "dtype": .string(tensor.dtype),
            "bytes": .integer(tensor.size),
            "digest": .string(tensor.digest),
        ]
    }
}
