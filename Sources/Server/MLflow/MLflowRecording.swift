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

private func log(_ call: Call, _ batch: RemoteBatch, of uuid: String) async throws -> Response {
    let layers = call.application.settings.layerPattern
    do {
        try await call.change(run: uuid) { store in try store.log(batch, of: uuid, layers: layers) }
    } catch StoreError.paramGiven(let key, let value) {
        let new = batch.params.last { $0.key == key }?.value ?? ""
        throw MLflowError.invalid(
            "Changing param values is not allowed. Param with key='\(key)' was already logged with value='\(value)' for "
                + "run ID='\(uuid)'. Attempted logging new value '\(new)'."
        )
    }
    return .json(.object([]))
}

/// A value of a metric, from the fields of an object.
private func metric(_ fields: MLflowRequest, at path: String, _ whole: JSON?) throws(MLflowError) -> RemoteMetric {
    func given(_ name: String) throws(MLflowError) -> JSON {
        if let value = fields[name] { return value }
        guard let whole else { throw .missing(path + name) }
        throw .invalid(
            "Missing value for required parameter '\(path)\(name)'. "
                + "Invalid value \(whole.canonical.text) for parameter 'metrics' supplied."
        )
    }
    let name = try given("key")
    guard case .string(let key) = name else { throw .wrong(name, for: path + "key", "it is not a text") }
    guard !key.isEmpty else { throw .missing(path + "key") }
    let value = try MLflowRequest.real(try given("value"), path + "value")
    let timestamp = try MLflowRequest.integer(try given("timestamp"), path + "timestamp")
    let step =
        try fields["step"].map { value throws(MLflowError) in try MLflowRequest.integer(value, path + "step") } ?? 0
    try MLflowNames.check(key, at: path + "name")
    guard timestamp >= 0 else {
        throw .wrong(
            .integer(timestamp),
            for: path + "timestamp",
            "Timestamp must be a nonnegative long (64-bit integer)"
        )
    }
    return RemoteMetric(key: key, value: value, timestamp: timestamp, step: step)
}

private func logMetric(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let uuid = try request.runID()
    var batch = RemoteBatch()
    batch.metrics = [try metric(request, at: "", nil)]
    return try await log(call, batch, of: uuid)
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
    let request = try await call.mlflowRequest()
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
    for (index, item) in metrics.enumerated() {
        guard case .object = item else {
            throw MLflowError.wrong(.array(metrics), for: "metrics", "it holds no objects")
        }
        batch.metrics.append(try metric(MLflowRequest(item), at: "metrics[\(index)].", .array(metrics)))
    }
    for (index, item) in params.enumerated() {
        guard !params[..<index].contains(where: { $0.key == item.key }) else {
            throw MLflowError.invalid("Duplicate parameter keys have been submitted: ['\(item.key)'].")
        }
        batch.params.append(try param(item.key, item.value, at: "params[\(index)].key"))
    }
    for (index, item) in tags.enumerated() {
        batch.tags.append(try tag(item.key, item.value, at: "tags[\(index)].key"))
    }
    return try await log(call, batch, of: uuid)
}

private func checkCount(_ what: String, _ count: Int, _ most: Int) throws(MLflowError) {
    guard count > most else { return }
    throw .invalid(
        "A batch logging request can contain at most \(most) \(what). Got \(count) \(what). Please split up \(what) across "
            + "multiple requests and try again."
    )
}

private func logInputs(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let uuid = try request.runID()
    guard request["datasets"] != nil || request["models"] != nil else { throw MLflowError.missing("datasets") }
    var inputs: [RunInput] = []
    for item in try request.list("datasets") {
        guard case .object = item else {
            throw MLflowError.wrong(request["datasets"] ?? .null, for: "datasets", "it holds no objects")
        }
        guard let dataset = try MLflowRequest(item)["dataset"], case .object = dataset else {
            throw MLflowError.missing("dataset")
        }
        let fields = try MLflowRequest(dataset)
        inputs.append(
            RunInput(name: try fields.required("name"), digest: try fields.required("digest"), content: item.text)
        )
    }
    try await call.change(run: uuid) { [inputs] store in try store.addInputs(inputs, to: uuid) }
    return .json(.object([]))
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
        let known = try store.tags(of: run.number).first { $0.key == historyTag }
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
