/// A model that a run was given or made.
public struct RunModel: Sendable, Equatable {
    /// The model's id.
    public let id: String
    /// The step at which the run made it; 0 for one that it was given.
    public let step: Int64

    public init(id: String, step: Int64) {
        self.id = id
        self.step = step
    }
}

/// The models that a run was given and made, as the tag `varve.models` keeps them.
public struct RunModels: Sendable, Equatable {
    public private(set) var inputs: [RunModel] = []
    public private(set) var outputs: [RunModel] = []

    static let tag = "varve.models"

    /// Reads them from the tags of a run.
    init(_ tags: [Entry]) {
        guard let text = tags.first(where: { $0.key.isExactly(Self.tag) })?.value.text,
            let json = try? JSON(scanning: Array(text.utf8).span)
        else { return }
        inputs = Self.list(json, "inputs")
        outputs = Self.list(json, "outputs")
    }

    private static func list(_ json: JSON, _ name: String) -> [RunModel] {
        guard case .object(let members) = json,
            case .array(let items)? = members.first(where: { $0.key.isExactly(name) })?.value
        else { return [] }
        return items.compactMap { item in
            guard case .object(let members) = item,
                case .string(let id)? = members.first(where: { $0.key.isExactly("model_id") })?.value
            else { return nil }
            guard case .integer(let step)? = members.first(where: { $0.key.isExactly("step") })?.value else {
                return RunModel(id: id, step: 0)
            }
            return RunModel(id: id, step: step)
        }
    }

    /// Adds what is not there yet: a request may come twice.
    mutating func add(inputs newInputs: [RunModel], outputs newOutputs: [RunModel]) {
        for model in newInputs where !inputs.contains(model) { inputs.append(model) }
        for model in newOutputs where !outputs.contains(model) { outputs.append(model) }
    }

    var text: String {
        func list(_ models: [RunModel]) -> JSON {
            .array(models.map { ["model_id": .string($0.id), "step": .integer($0.step)] })
        }
        return JSON.object([.init("inputs", list(inputs)), .init("outputs", list(outputs))]).text
    }
}

extension Store {
    /// Notes which models a run was given and which it made; what is noted already stays.
    ///
    /// - Throws: ``StoreError`` when the run is not there or deleted; ``SQLiteError``.
    public func addModels(inputs: [RunModel] = [], outputs: [RunModel] = [], to uuid: String) throws {
        try connection.transaction {
            let state = try openRemote(uuid)
            var models = RunModels(try tags(of: state.run))
            let known = models
            models.add(inputs: inputs, outputs: outputs)
            let now = Moment.now
            if models != known {
                try connection.prepare(PackageResources.insertTag_sql).run(state.run, RunModels.tag, models.text, now)
            }
            try connection.prepare(PackageResources.noteRemoteLife_sql).run(state.run, now)
        }
    }
}
