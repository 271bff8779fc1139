import Storage

/// A value of a metric that a run logged for a model, as an evaluation does.
struct ModelMetric: Sendable, Equatable {
    let model: String
    let metric: RemoteMetric
    /// The uuid of the run.
    let run: String
    let datasetName: String?
    let datasetDigest: String?

    /// Reads what a request says of the model beside a metric; nil where it is of none.
    init?(
        _ fields: MLflowRequest,
        _ metric: RemoteMetric,
        run: String,
        at path: @autoclosure () -> String
    ) throws(MLflowError) {
        func text(_ name: String) throws(MLflowError) -> String? {
            guard let value = fields[name] else { return nil }
            guard case .string(let text) = value else { throw .wrong(value, for: path() + name, "it is not a text") }
            return text.isEmpty ? nil : text
        }
        guard let model = try text("model_id") else { return nil }
        self.model = model
        self.metric = metric
        self.run = run
        datasetName = try text("dataset_name")
        datasetDigest = try text("dataset_digest")
    }

    /// Reads what the store keeps.
    init?(stored json: JSON, of model: String) {
        guard let fields = try? MLflowRequest(json), let key = try? fields.text("key"),
            let value = fields["value"], let real = try? MLflowRequest.real(value, "value"),
            let timestamp = try? fields.integer("timestamp"), let step = try? fields.integer("step")
        else { return nil }
        self.model = model
        metric = RemoteMetric(key: key, value: real, timestamp: timestamp, step: step)
        run = (try? fields.text("run_id")) ?? ""
        datasetName = try? fields.text("dataset_name")
        datasetDigest = try? fields.text("dataset_digest")
    }

    /// Whether it is the same value once more: a request that was sent twice.
    func isRepeat(of other: ModelMetric) -> Bool {
        run == other.run && metric.key.isExactly(other.metric.key) && metric.step == other.metric.step
            && metric.timestamp == other.metric.timestamp
            && (metric.value == other.metric.value || metric.value.isNaN && other.metric.value.isNaN)
            && datasetName == other.datasetName && datasetDigest == other.datasetDigest
    }

    /// As the store keeps it.
    var stored: JSON { .fields(members(withModel: false)) }

    /// As MLflow tells it.
    var json: JSON { .fields(members(withModel: true)) }

    private func members(withModel: Bool) -> [(String, JSON?)] {
        [
            ("key", .string(metric.key)), ("value", .real(metric.value)), ("timestamp", .integer(metric.timestamp)),
            ("step", .integer(metric.step)), ("dataset_name", datasetName.map { .string($0) }),
            ("dataset_digest", datasetDigest.map { .string($0) }), ("model_id", withModel ? .string(model) : nil),
            ("run_id", run.isEmpty ? nil : .string(run)),
        ]
    }
}

/// A data set by which models are searched.
struct DatasetFilter: Sendable {
    let name: String
    /// Nil: whatever it is.
    let digest: String?

    /// Reads `[{"dataset_name": "train", "dataset_digest": "1a2b"}]`.
    static func list(_ request: MLflowRequest) throws(MLflowError) -> [DatasetFilter] {
        var filters: [DatasetFilter] = []
        for item in try request.list("datasets") {
            let fields = try MLflowRequest(item)
            guard let name = try fields.text("dataset_name"), !name.isEmpty else {
                throw .invalid("`dataset_name` in the `datasets` clause must be specified.")
            }
            filters.append(DatasetFilter(name: name, digest: try fields.text("dataset_digest")?.nonEmpty))
        }
        return filters
    }

    func holds(_ metric: ModelMetric) -> Bool {
        metric.datasetName == name && (digest == nil || metric.datasetDigest == digest)
    }
}

extension String {
    /// Nil where it is empty, which is how protobuf says that nothing was given.
    var nonEmpty: String? { isEmpty ? nil : self }
}
