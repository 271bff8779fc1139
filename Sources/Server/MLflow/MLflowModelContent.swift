import Storage

/// What is said of a model, as the store keeps it: JSON.
struct ModelContent: Sendable {
    var name: String
    var type: String?
    var status: String
    var isDeleted = false
    var tags: [Entry] = []
    var params: [Entry] = []

    init(name: String, type: String?, tags: [(key: String, value: String)], params: [(key: String, value: String)]) {
        self.name = name
        self.type = type
        status = "LOGGED_MODEL_PENDING"
        self.params = params.map { Entry(key: $0.key, value: .text($0.value)) }
        set(tags)
    }

    init(_ model: LoggedModel) {
        let json = (try? JSON(scanning: Array(model.content.utf8).span)) ?? .object([])
        let fields = try? MLflowRequest(json)
        func text(_ name: String) -> String? {
            guard case .string(let text)? = fields?[name] else { return nil }
            return text
        }
        func entries(_ name: String) -> [Entry] {
            let found = (try? fields?.entries(name)) ?? []
            return found.map { Entry(key: $0.key, value: .text($0.value)) }
        }
        name = text("name") ?? ""
        type = text("model_type")
        status = text("status") ?? "LOGGED_MODEL_READY"
        isDeleted = text("lifecycle") == Lifecycle.deleted.rawValue
        tags = entries("tags")
        params = entries("params")
    }

    mutating func set(_ new: [(key: String, value: String)]) {
        for (key, value) in new {
            tags.removeAll { $0.key == key }
            tags.append(Entry(key: key, value: .text(value)))
        }
    }

    var text: String {
        JSON.object([
            .init("name", .string(name)), .init("model_type", type.map { .string($0) } ?? .null),
            .init("status", .string(status)),
            .init("lifecycle", .string((isDeleted ? Lifecycle.deleted : .active).rawValue)),
            .init("tags", .entries(tags)), .init("params", .entries(params)),
        ]).text
    }

    /// The model as MLflow tells it.
    func json(_ model: LoggedModel, _ metrics: [RemoteMetric]) -> JSON {
        let uri = "mlflow-artifacts:/\(model.experiment)/models/\(model.id)/artifacts"
        return .fields(
            (
                "info",
                .fields(
                    ("model_id", .string(model.id)),
                    ("experiment_id", .string(model.experiment.description)),
                    ("name", .string(name)),
                    ("creation_timestamp_ms", .integer(model.created)),
                    ("last_updated_timestamp_ms", .integer(model.updated)),
                    ("artifact_uri", .string(uri)),
                    ("status", .string(status)),
                    ("model_type", type.map { .string($0) }),
                    ("source_run_id", .string(model.runUUID ?? "")),
                    ("tags", .entries(tags))
                )
            ),
            ("data", .fields(("params", .entries(params)), ("metrics", .array(metrics.map { .metric($0) }))))
        )
    }
}

/// A model that a search looks at.
struct FoundModel {
    let model: LoggedModel
    let content: ModelContent
    let metrics: [RemoteMetric]

    /// The value of a field.
    func value(_ field: ModelFilter.Field) -> SQLValue {
        switch field {
        case .attribute("name"), .attribute("model_name"): .text(content.name)
        case .attribute("model_id"): .text(model.id)
        case .attribute("model_type"): content.type.map { .text($0) } ?? .null
        case .attribute("status"): .text(String(content.status.dropFirst("LOGGED_MODEL_".count)))
        case .attribute("source_run_id"): model.runUUID.map { .text($0) } ?? .null
        case .attribute("creation_timestamp"), .attribute("creation_time"), .attribute("creation_timestamp_ms"):
            .integer(model.created)
        case .attribute("last_updated_timestamp"), .attribute("last_updated_timestamp_ms"): .integer(model.updated)
        case .attribute: .null
        case .metric(let key): metrics.first { $0.key == key }.map { .real($0.value) } ?? .null
        case .param(let key): content.params.first { $0.key == key }?.value ?? .null
        case .tag(let key): content.tags.first { $0.key == key }?.value ?? .null
        }
    }
}
