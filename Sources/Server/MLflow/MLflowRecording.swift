import HTTPTypes
import HummingbirdCore
import Storage

extension Routes {
    mutating func addMLflowRecording() {
        mlflow(.post, "/runs/log-metric", "Records a value of a metric.", logMetric)
        mlflow(.post, "/runs/log-parameter", "Notes a param.", logParam)
        mlflow(.post, "/runs/log-batch", "Records metrics, params and tags, all or none.", logBatch)
        mlflow(.post, "/runs/set-tag", "Sets a tag of a run.", setRunTag)
        mlflow(.post, "/runs/delete-tag", "Removes a tag of a run.", deleteRunTag)
        mlflow(.post, "/runs/log-inputs", "Notes what a run was given to read.", logInputs)
        mlflow(.post, "/runs/log-model", "Notes a model that a run logged.", logModel)
    }
}

private let (mostMetrics, mostLabels, mostEntities) = (1000, 100, 1000)
/// The largest bodies, in bytes: a batch's is MLflow's own; of a data set MLflow takes a profile of 16 MiB.
private let (largestBatch, largestInputs) = (1_000_000, 20_000_000)

private func log(
    _ call: Call,
    _ batch: RemoteBatch,
    of uuid: String,
    _ models: [ModelMetric] = []
) async throws -> Response {
    let layers = call.application.settings.layerPattern
    do {
        try await call.record(run: uuid, values: batch.metrics.count) { store in
            try store.log(batch, of: uuid, layers: layers)
            if !models.isEmpty { try logModelMetrics(models, in: store) }
        }
    } catch StoreError.paramGiven(let key, let value) {
        let new = batch.params.last { $0.key.isExactly(key) }?.value ?? ""
        throw MLflowError.invalid(
            "Changing param values is not allowed. Param with key='\(key)' was already logged with value='\(value)' for "
                + "run ID='\(uuid)'. Attempted logging new value '\(new)'."
        )
    }
    return .json(.object([]))
}

/// A value of a metric, from the fields of an object.
private func metric(
    _ fields: MLflowRequest,
    at path: @autoclosure () -> String,
    _ whole: JSON?
) throws(MLflowError) -> RemoteMetric {
    func given(_ name: String) throws(MLflowError) -> JSON {
        if let value = fields[name] { return value }
        guard let whole else { throw .missing(path() + name) }
        throw .invalid(
            "Missing value for required parameter '\(path())\(name)'. "
                + "Invalid value \(whole.canonical.text) for parameter 'metrics' supplied."
        )
    }
    let name = try given("key")
    guard case .string(let key) = name else { throw .wrong(name, for: path() + "key", "it is not a text") }
    guard !key.isEmpty else { throw .missing(path() + "key") }
    let value = try MLflowRequest.real(try given("value"), path() + "value")
    let timestamp = try MLflowRequest.integer(try given("timestamp"), path() + "timestamp")
    let step =
        try fields["step"].map { value throws(MLflowError) in try MLflowRequest.integer(value, path() + "step") } ?? 0
    try MLflowNames.check(key, at: path() + "name")
    guard timestamp >= 0 else {
        throw .wrong(
            .integer(timestamp),
            for: path() + "timestamp",
            "Timestamp must be a nonnegative long (64-bit integer)"
        )
    }
    return RemoteMetric(key: key, value: value, timestamp: timestamp, step: step)
}

private func logMetric(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let uuid = try request.runID()
    var batch = RemoteBatch()
    let metric = try metric(request, at: "", nil)
    batch.metrics = [metric]
    let model = try ModelMetric(request, metric, run: uuid, at: "")
    return try await log(call, batch, of: uuid, model.map { [$0] } ?? [])
}

private func param(_ key: String, _ value: String, at path: String) throws(MLflowError) -> (key: String, value: String)
{
    try MLflowNames.check(key, at: path)
    return (key, MLflowNames.cut(value, to: MLflowNames.longestParam))
}

private func tag(_ key: String, _ value: String, at path: String) throws(MLflowError) -> (key: String, value: String) {
    try MLflowNames.check(key, at: path)
    return (key, MLflowNames.cut(value, to: MLflowNames.longestTag))
}

private func logParam(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let uuid = try request.runID()
    let key = try request.required("key")
    var batch = RemoteBatch()
    batch.params = [try param(key, try request.text("value") ?? "", at: "key")]
    return try await log(call, batch, of: uuid)
}

private func setRunTag(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let uuid = try request.runID()
    let key = try request.required("key")
    var batch = RemoteBatch()
    batch.tags = [try tag(key, try request.text("value") ?? "", at: "key")]
    return try await log(call, batch, of: uuid)
}

private func deleteRunTag(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let uuid = try request.runID()
    let key = try request.required("key")
    let isRemoved = try await call.change(run: uuid) { store in try store.removeRemoteTag(key, of: uuid) }
    guard isRemoved else { throw MLflowError(.missing, "No tag with name: \(key) in run with id \(uuid)") }
    return .json(.object([]))
}

private func logBatch(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest(atMost: largestBatch, "Batched logging API requests")
    let uuid = try request.runID()
    try MLflowNames.checkRunID(uuid)
    let metrics = try request.list("metrics")
    let params = try request.entries("params")
    let tags = try request.entries("tags")
    try checkCount("metrics", metrics.count, mostMetrics)
    try checkCount("params", params.count, mostLabels)
    try checkCount("tags", tags.count, mostLabels)
    try checkCount("metrics, params, and tags", metrics.count + params.count + tags.count, mostEntities)
    var batch = RemoteBatch()
    batch.metrics.reserveCapacity(metrics.count)
    var models: [ModelMetric] = []
    for (index, item) in metrics.enumerated() {
        guard case .object = item else {
            throw MLflowError.wrong(.array(metrics), for: "metrics", "it holds no objects")
        }
        let fields = try MLflowRequest(item)
        let metric = try metric(fields, at: "metrics[\(index)].", .array(metrics))
        batch.metrics.append(metric)
        if let model = try ModelMetric(fields, metric, run: uuid, at: "metrics[\(index)].") { models.append(model) }
    }
    for (index, item) in params.enumerated() {
        guard !params[..<index].contains(where: { $0.key.isExactly(item.key) }) else {
            throw MLflowError.invalid("Duplicate parameter keys have been submitted: ['\(item.key)'].")
        }
        batch.params.append(try param(item.key, item.value, at: "params[\(index)].key"))
    }
    for (index, item) in tags.enumerated() {
        batch.tags.append(try tag(item.key, item.value, at: "tags[\(index)].key"))
    }
    return try await log(call, batch, of: uuid, models)
}

private func checkCount(_ what: String, _ count: Int, _ most: Int) throws(MLflowError) {
    guard count > most else { return }
    throw .invalid(
        "A batch logging request can contain at most \(most) \(what). Got \(count) \(what). Please split up \(what) across "
            + "multiple requests and try again."
    )
}

private func logInputs(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest(atMost: largestInputs)
    let uuid = try request.runID()
    var inputs: [RunInput] = []
    for item in try request.list("datasets") {
        guard case .object = item else {
            throw MLflowError.wrong(request["datasets"] ?? .null, for: "datasets", "it holds no objects")
        }
        inputs.append(try input(item))
    }
    let models = try request.models()
    try await call.change(run: uuid) { [inputs] store in
        try store.addInputs(inputs, to: uuid)
        if !models.isEmpty { try store.addModels(inputs: models, to: uuid) }
    }
    return .json(.object([]))
}

/// A data set that a run was given to read, held to MLflow's limits.
private func input(_ item: JSON) throws(MLflowError) -> RunInput {
    let input = try MLflowRequest(item)
    guard let dataset = input["dataset"], case .object = dataset else { throw .missing("dataset") }
    let fields = try MLflowRequest(dataset)
    func check(_ text: String?, _ name: String, _ limit: Int) throws(MLflowError) {
        guard let text, text.utf8.count > limit, text.unicodeScalars.count > limit else { return }
        throw .invalid("'\(name)' exceeds the maximum length of \(limit) characters")
    }
    for name in ["name", "digest", "source_type", "source"] where try fields.text(name) == nil {
        throw .invalid("Dataset \(name) cannot be None")
    }
    let (name, digest) = (try fields.required("name"), try fields.required("digest"))
    try check(name, "name", 500)
    try check(digest, "digest", 36)
    try check(try fields.text("source"), "source", 65_535)
    try check(try fields.text("schema"), "schema", 1_048_575)
    try check(try fields.text("profile"), "profile", 16_777_215)
    for tag in try input.list("tags") {
        let tag = try MLflowRequest(tag)
        guard let key = try tag.text("key") else { throw .invalid("InputTag key cannot be None") }
        guard let value = try tag.text("value") else { throw .invalid("InputTag value cannot be None") }
        try check(key, "key", 255)
        try check(value, "value", 500)
    }
    return RunInput(name: name, digest: digest, content: item.text)
}

/// The tag in which older clients keep what models a run logged.
private let historyTag = "mlflow.log-model.history"

private func logModel(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let uuid = try request.runID()
    let text = try request.required("model_json")
    guard let model = try? JSON(scanning: Array(text.utf8).span), case .object = model else {
        throw MLflowError.invalid("Malformed model info. \n \(text.prefix(1000)) \n is not a valid JSON.")
    }
    try await call.change(run: uuid) { store in
        guard let run = try store.remoteRun(uuid) else { throw MLflowError.noRun(uuid) }
        let known = try store.tags(of: run.number).first { $0.key.isExactly(historyTag) }
        var models: [JSON] = []
        if let known, case .array(let items)? = try? JSON(scanning: Array(known.value.text.utf8).span) {
            models = items
        }
        // The same model again is a request that was sent twice.
        if !models.contains(model) { models.append(model) }
        var batch = RemoteBatch()
        batch.tags = [(historyTag, JSON.array(models).text)]
        try store.log(batch, of: uuid)
    }
    return .json(.object([]))
}
