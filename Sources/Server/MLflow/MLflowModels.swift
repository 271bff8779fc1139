import HTTPTypes
import HummingbirdCore
import Storage

extension Routes {
    mutating func addMLflowModels() {
        mlflow(.post, "/logged-models", "Notes a model.", createModel)
        mlflow(.post, "/logged-models/search", "The models of experiments.", searchModels)
        mlflow(.get, "/logged-models/{model}", "A model.", getModel)
        mlflow(.patch, "/logged-models/{model}", "Says that a model is whole, or failed.", finalizeModel)
        mlflow(.delete, "/logged-models/{model}", "Deletes a model.", deleteModel)
        mlflow(.patch, "/logged-models/{model}/tags", "Sets tags of a model.", setModelTags)
        mlflow(.delete, "/logged-models/{model}/tags/{tag...}", "Removes a tag of a model.", deleteModelTag)
        mlflow(.post, "/logged-models/{model}/params", "Notes params of a model.", logModelParams)
        mlflow(.get, "/logged-models/{model}/artifacts/directories", "The files of a model.", listModelFiles)
        mlflow(.get, "/logged-models/{model}/artifacts/files", "A file of a model.", downloadOfModel)
        mlflow(.post, "/runs/outputs", "Notes which models a run made.", logOutputs)
    }
}

extension MLflowError {
    static func noModel(_ id: String) -> MLflowError {
        MLflowError(.missing, "Logged model with ID '\(id)' not found.")
    }
}

private func createModel(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let text = try request.required("experiment_id")
    let experiment = try MLflowNames.experimentID(text)
    let run = try request.text("source_run_id").flatMap { $0.isEmpty ? nil : $0 }
    let name = try request.text("name").flatMap { $0.isEmpty ? nil : $0 } ?? MLflowNames.random()
    let forbidden = ["/", ":", ".", "%", "\"", "'"]
    guard !forbidden.contains(where: { name.contains($0) }) else {
        throw MLflowError.invalid(
            "Invalid model name ('\(name)') provided. Model name must be a non-empty string and cannot contain the "
                + "following characters: \(forbidden)"
        )
    }
    let content = ModelContent(
        name: name,
        type: try request.text("model_type").flatMap { $0.isEmpty ? nil : $0 },
        tags: try request.entries("tags"),
        params: try request.entries("params")
    )
    do {
        let model = try await call.change { [content] store in
            var content = content
            let source = try run.flatMap { try store.remoteRun($0)?.uuid }
            // Which run it was is kept as it was said.
            if source == nil { content.unknownRun = run }
            return try content.json(store.addModel(experiment: experiment, run: source, content: content.text))
        }
        return .json(["model": model])
    } catch StoreError.noExperiment {
        throw MLflowError.noExperiment(text)
    } catch StoreError.experimentIsDeleted {
        throw MLflowError.deleted("experiment", text)
    } catch StoreError.noRun {
        throw MLflowError.noRun(run ?? "")
    } catch StoreError.runIsDeleted {
        throw MLflowError.deleted("run", run ?? "")
    }
}

/// A model that was not deleted.
private func findModel(_ id: String, in store: Store, orDeleted: Bool = false) throws -> (LoggedModel, ModelContent) {
    guard let model = try store.model(id) else { throw MLflowError.noModel(id) }
    let content = ModelContent(model)
    guard orDeleted || !content.isDeleted else { throw MLflowError.noModel(id) }
    return (model, content)
}

private func getModel(_ call: Call) async throws -> Response {
    let id = call.word("model")
    let isForced = try MLflowRequest(call.path.query).truth("allow_deleted") ?? false
    let json = try await call.ask { store in
        let (model, content) = try findModel(id, in: store, orDeleted: isForced)
        return content.json(model)
    }
    return .json(["model": json])
}

/// Changes what is said of a model.
private func changeModel(
    _ call: Call,
    _ change: @escaping @Sendable (inout ModelContent) throws -> Void
) async throws -> JSON {
    let id = call.word("model")
    return try await call.change { store in
        var (found, content) = try findModel(id, in: store)
        try change(&content)
        try store.updateModel(id, content: content.text)
        found = try store.model(id) ?? found
        return content.json(found)
    }
}

private func finalizeModel(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let words = [
        "LOGGED_MODEL_STATUS_UNSPECIFIED", "LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED",
    ]
    guard let value = request["status"] else { throw MLflowError.missing("status") }
    let index = words.indices.first { value == .string(words[$0]) || value == .integer(Int64($0)) }
    guard let index else { throw MLflowError.wrong(value, for: "status", "it is no status of a model") }
    return .json(["model": try await changeModel(call) { $0.status = words[index] }])
}

private func deleteModel(_ call: Call) async throws -> Response {
    _ = try await changeModel(call) { $0.isDeleted = true }
    return .json(.object([]))
}

private func setModelTags(_ call: Call) async throws -> Response {
    let tags = try await call.mlflowRequest().entries("tags")
    return .json(["model": try await changeModel(call) { $0.set(tags) }])
}

private func deleteModelTag(_ call: Call) async throws -> Response {
    let (id, key) = (call.word("model"), call.word("tag"))
    _ = try await changeModel(call) { content in
        guard content.tags.contains(where: { $0.key.isExactly(key) }) else {
            throw MLflowError(.missing, "No tag with key '\(key)' found for model with ID '\(id)'.")
        }
        content.tags.removeAll { $0.key.isExactly(key) }
    }
    return .json(.object([]))
}

private func logModelParams(_ call: Call) async throws -> Response {
    let params = try await call.mlflowRequest().entries("params")
    _ = try await changeModel(call) { content in
        for param in params where !content.params.contains(where: { $0.key.isExactly(param.key) }) {
            content.params.append(Entry(key: param.key, value: .text(param.value)))
        }
    }
    return .json(.object([]))
}

// MARK: Search

private let usualPage = 100
private let largestPage = 50_000

private func searchModels(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    guard request["experiment_ids"] != nil else { throw MLflowError.missing("experiment_ids") }
    let ids = try request.texts("experiment_ids").map { text throws(MLflowError) in
        try MLflowNames.experimentID(text)
    }
    let filter = try ModelFilter(try request.text("filter") ?? "")
    let order = try ModelOrder.list(request)
    let datasets = try DatasetFilter.list(request)
    let limit = try request.page(usual: usualPage, largest: largestPage)
    let bonds: [MLflowToken.Bond] = [
        (ids.sorted().description, "Experiment IDs in the page token do not match the requested experiment IDs."),
        (
            try request.text("filter") ?? "",
            "Filter string in the page token does not match the requested filter string."
        ),
        (
            JSON.array(try request.list("order_by")).text,
            "Order by in the page token does not match the requested order by."
        ),
    ]
    let place = try MLflowToken.place(try request.text("page_token"), bonds)
    let (page, hasMore) = try await call.ask { store in
        var found = try store.models(ofExperiments: ids).map { FoundModel($0) }
            .filter { !$0.content.isDeleted && filter.finds($0, datasets) }
        for key in order.reversed() { found = key.sorted(found) }
        let rest = found.dropFirst(place.offset)
        return (rest.prefix(limit).map(\.json), rest.count > limit)
    }
    let next = RemotePlace(offset: place.offset + limit)
    return .json(
        .fields(
            ("models", .array(page)),
            ("next_page_token", hasMore ? .string(MLflowToken.text(of: next, bonds)) : nil)
        )
    )
}

// MARK: Files and runs

private func listModelFiles(_ call: Call) async throws -> Response {
    let id = call.word("model")
    let path = try MLflowRequest(call.path.query).text("artifact_directory_path").flatMap { $0.isEmpty ? nil : $0 }
    let (files, model) = try await call.ask { store in
        let (model, _) = try findModel(id, in: store)
        let prefix = try path.map { try ArtifactPath($0).text + "/" } ?? ""
        return (try ArtifactPlace(model).list(path, prefix: prefix, in: store), model)
    }
    let root = "mlflow-artifacts:/\(model.experiment)/models/\(model.id)/artifacts"
    return .json(.fields(("root_uri", .string(root)), ("files", .array(files))))
}

private func downloadOfModel(_ call: Call) async throws -> Response {
    let id = call.word("model")
    let path = try MLflowRequest(call.path.query).required("artifact_file_path")
    return try await call.file { store in
        let (model, _) = try findModel(id, in: store)
        return try ArtifactPlace(model).source(path, in: store)
    }
}

private func logOutputs(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let uuid = try request.runID()
    guard request["models"] != nil else { throw MLflowError.missing("models") }
    let models = try request.models()
    try await call.change(run: uuid) { store in try store.addModels(outputs: models, to: uuid) }
    return .json(.object([]))
}

extension MLflowRequest {
    /// The models of a list, and the step that each of them comes with.
    func models() throws(MLflowError) -> [RunModel] {
        var models: [RunModel] = []
        let items = try list("models")
        for (index, item) in items.enumerated() {
            guard case .object = item else { throw .wrong(.array(items), for: "models", "it does not hold objects") }
            let fields = try MLflowRequest(item)
            guard let id = try fields.text("model_id"), !id.isEmpty else { throw .missing("models[\(index)].model_id") }
            models.append(RunModel(id: id, step: try fields.integer("step") ?? 0))
        }
        return models
    }
}

/// Adds metrics to the models for which a run logged them.
///
/// - Throws: ``MLflowError`` for a model that is not there.
func logModelMetrics(_ metrics: [ModelMetric], in store: Store) throws {
    for id in Set(metrics.map(\.model)).sorted() {
        guard let model = try store.model(id) else { throw MLflowError.noModel(id) }
        var content = ModelContent(model)
        content.add(metrics.filter { $0.model == id })
        try store.updateModel(id, content: content.text)
    }
}
