import Storage

/// What is said of a model, as the store keeps it: JSON.
struct ModelContent: Sendable {
    var name: String
    var type: String?
    var status: String
    var isDeleted = false
    var tags: [Entry] = []
    var params: [Entry] = []
    /// What runs logged for the model, the last last; the runs have all of it.
    private(set) var metrics: [ModelMetric] = []
    /// The run that is said to have logged it, where the store does not know that run.
    var unknownRun: String?

    /// How many metrics a model has at most: as many as a batch, so that a batch that is sent twice is known again.
    private static let mostMetrics = 1000

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
        metrics = ((try? fields?.list("metrics")) ?? []).compactMap { ModelMetric(stored: $0, of: model.id) }
        unknownRun = text("source_run_id")
    }

    /// Adds metrics; what is there already is left out, and the first go where there are too many.
    mutating func add(_ new: [ModelMetric]) {
        for metric in new where !metrics.contains(where: { $0.isRepeat(of: metric) }) { metrics.append(metric) }
        metrics.removeFirst(max(0, metrics.count - Self.mostMetrics))
    }

    mutating func set(_ new: [(key: String, value: String)]) {
        for (key, value) in new {
            tags.removeAll { $0.key.isExactly(key) }
            tags.append(Entry(key: key, value: .text(value)))
        }
    }

    var text: String {
        JSON.object([
            .init("name", .string(name)), .init("model_type", type.map { .string($0) } ?? .null),
            .init("status", .string(status)),
            .init("lifecycle", .string((isDeleted ? Lifecycle.deleted : .active).rawValue)),
            .init("tags", .entries(tags)), .init("params", .entries(params)),
            .init("metrics", .array(metrics.map(\.stored))),
            .init("source_run_id", unknownRun.map { .string($0) } ?? .null),
        ]).text
    }

    /// The model as MLflow tells it.
    func json(_ model: LoggedModel) -> JSON {
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
                    ("source_run_id", (model.runUUID ?? unknownRun).map { .string($0) }),
                    ("tags", .entries(tags))
                )
            ),
            ("data", .fields(("params", .entries(params)), ("metrics", .array(metrics.map(\.json)))))
        )
    }
}

/// A model that a search looks at.
struct FoundModel: Sendable {
    let model: LoggedModel
    let content: ModelContent

    init(_ model: LoggedModel) {
        self.model = model
        content = ModelContent(model)
    }

    var json: JSON { content.json(model) }

    /// The values of a field, of which one that passes is enough; none where it is not there.
    func values(_ field: ModelFilter.Field, _ datasets: [DatasetFilter]) -> [SQLValue] {
        guard case .metric(let key) = field else {
            let value = value(field)
            return value == .null ? [] : [value]
        }
        return metrics(of: datasets).filter { $0.metric.key.isExactly(key) }.map { .real($0.metric.value) }
    }

    /// The metrics on data sets; all of them where none is named.
    func metrics(of datasets: [DatasetFilter]) -> [ModelMetric] {
        guard !datasets.isEmpty else { return content.metrics }
        return content.metrics.filter { metric in datasets.contains { $0.holds(metric) } }
    }

    /// The latest value of a metric.
    func latest(_ key: String, where isWanted: (ModelMetric) -> Bool) -> SQLValue {
        let latest = content.metrics.filter { $0.metric.key.isExactly(key) && isWanted($0) }
            .max { ($0.metric.timestamp, $0.metric.step) < ($1.metric.timestamp, $1.metric.step) }
        return latest.map { .real($0.metric.value) } ?? .null
    }

    /// The value of a field that has one.
    func value(_ field: ModelFilter.Field) -> SQLValue {
        switch field {
        case .attribute("name"): .text(content.name)
        case .attribute("model_id"): .text(model.id)
        case .attribute("model_type"): content.type.map { .text($0) } ?? .null
        case .attribute("status"): .text(String(content.status.dropFirst("LOGGED_MODEL_".count)))
        case .attribute("source_run_id"): (model.runUUID ?? content.unknownRun).map { .text($0) } ?? .null
        case .attribute("experiment_id"): .text(model.experiment.description)
        case .attribute("artifact_location"):
            .text("mlflow-artifacts:/\(model.experiment)/models/\(model.id)/artifacts")
        case .attribute("creation_timestamp_ms"): .integer(model.created)
        case .attribute("last_updated_timestamp_ms"): .integer(model.updated)
        case .attribute: .null
        case .metric(let key): latest(key) { _ in true }
        case .param(let key): content.params.first { $0.key.isExactly(key) }?.value ?? .null
        case .tag(let key): content.tags.first { $0.key.isExactly(key) }?.value ?? .null
        }
    }
}
