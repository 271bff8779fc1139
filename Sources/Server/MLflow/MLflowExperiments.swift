import Glibc
import HTTPTypes
import HummingbirdCore
import Storage

extension Routes {
    mutating func addMLflowExperiments() {
        mlflow(.post, "/experiments/create", "Makes an experiment.", createExperiment)
        mlflow(.get, "/experiments/get", "An experiment by its id.", getExperiment)
        mlflow(.get, "/experiments/get-by-name", "An experiment by its name.", getExperimentByName)
        mlflow(.get, "/experiments/search", "The experiments that a filter finds.", searchExperiments)
        mlflow(.post, "/experiments/search", "The experiments that a filter finds.", searchExperiments)
        mlflow(.post, "/experiments/update", "Gives an experiment another name.", updateExperiment)
        mlflow(.post, "/experiments/delete", "Deletes an experiment and its runs.", deleteExperiment)
        mlflow(.post, "/experiments/restore", "Restores an experiment and its runs.", restoreExperiment)
        mlflow(.post, "/experiments/set-experiment-tag", "Sets a tag of an experiment.", setExperimentTag)
        mlflow(.post, "/experiments/delete-experiment-tag", "Removes a tag of an experiment.", deleteExperimentTag)
        mlflow(.post, "/experiments/search-datasets", "What runs of experiments were given to read.", searchDatasets)
    }
}

/// How many experiments are searched for data sets at once, and how many of these are told.
private let (experimentsSearched, datasetsTold) = (20, 1000)
private let (usualPage, largestPage) = (1000, 50_000)

extension RemoteExperiment {
    /// The experiment as MLflow tells it.
    func json(_ tags: [Entry]) -> JSON {
        .fields(
            ("experiment_id", .string(id.description)),
            ("name", .string(name)),
            ("artifact_location", .string(artifactLocation ?? "mlflow-artifacts:/\(id)")),
            ("lifecycle_stage", .string(lifecycle.rawValue)),
            ("last_update_time", .integer(updated)),
            ("creation_time", .integer(created)),
            ("tags", .entries(tags))
        )
    }
}

private func createExperiment(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let name = try request.required("name")
    let location = try request.text("artifact_location").flatMap { $0.isEmpty ? nil : resolved($0) }
    let tags = try request.entries("tags")
    try MLflowNames.checkExperiment(name)
    guard location?.contains("#") != true else {
        throw MLflowError.invalid("'artifact_location' URL can't include fragments or params.")
    }
    for tag in tags { try checkTag(tag) }
    do {
        let id = try await call.change { store in
            try store.createRemoteExperiment(named: name, artifactLocation: location, tags: tags)
        }
        return .json(["experiment_id": .string(id.description)])
    } catch StoreError.experimentExists {
        throw MLflowError(.exists, "Experiment(name=\(name)) already exists.")
    } catch StoreError.experimentIsDeleted {
        throw MLflowError(
            .exists,
            "Experiment(name=\(name)) already exists in deleted state. Restore it, or purge it first."
        )
    }
}

/// A place of files as MLflow keeps it: a path of this machine is told whole.
private func resolved(_ location: String) -> String {
    guard !location.contains(":"), !location.hasPrefix("/"), let folder = getcwd(nil, 0) else { return location }
    defer { free(folder) }
    return String(cString: folder) + "/" + location
}

private func checkTag(_ tag: (key: String, value: String)) throws(MLflowError) {
    try MLflowNames.check(tag.key, at: "key")
    guard tag.value.unicodeScalars.count <= MLflowNames.longestExperimentTag else {
        throw .invalid("'value' exceeds the maximum length of \(MLflowNames.longestExperimentTag) characters")
    }
}

private func getExperiment(_ call: Call) async throws -> Response {
    let text = try await call.mlflowRequest().required("experiment_id")
    let id = try MLflowNames.experimentID(text)
    let found = try await call.ask { store in
        try store.remoteExperiment(id: id).map { $0.json(try store.tags(ofExperiment: id)) }
    }
    guard let found else { throw MLflowError.noExperiment(text) }
    return .json(["experiment": found])
}

private func getExperimentByName(_ call: Call) async throws -> Response {
    let name = try await call.mlflowRequest().required("experiment_name")
    let found = try await call.ask { store in
        try store.remoteExperiment(named: name).map { $0.json(try store.tags(ofExperiment: $0.id)) }
    }
    guard let found else { throw MLflowError(.missing, "Could not find experiment with name '\(name)'") }
    return .json(["experiment": found])
}

private func searchExperiments(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let isQuery = call.request.method == .get
    var search = try MLflowSearch.search(
        .experiments,
        filter: try request.text("filter"),
        order: try request.texts("order_by", isQuery: isQuery)
    )
    search.order +=
        search.order.isEmpty
        ? [.init(.created, isDescending: true), .init(.experimentID, isDescending: false)]
        : [.init(.experimentID, isDescending: true)].filter { key in !search.order.contains { $0.field == key.field } }
    let limit = try request.page(usual: usualPage, largest: largestPage)
    let place = try MLflowToken.place(try request.text("page_token"))
    let lifecycles = try request.lifecycles("view_type")
    let (found, hasMore) = try await call.ask { [search] store in
        let page = try store.remoteExperiments(
            matching: search,
            lifecycles: lifecycles,
            offset: place.offset,
            limit: limit + 1
        )
        return (try page.prefix(limit).map { $0.json(try store.tags(ofExperiment: $0.id)) }, page.count > limit)
    }
    let next = RemotePlace(offset: place.offset + limit)
    return .json(
        .fields(
            ("experiments", .array(found)),
            ("next_page_token", hasMore ? .string(MLflowToken.text(of: next)) : nil)
        )
    )
}

/// The experiment that a request names, as it is changed.
private func changeExperiment(
    _ call: Call,
    _ request: MLflowRequest,
    _ lifecycle: Lifecycle? = nil,
    _ change: @escaping @Sendable (Store, RemoteExperiment) throws -> Void
) async throws -> Response {
    let text = try request.required("experiment_id")
    let id = try MLflowNames.experimentID(text)
    try await call.change { store in
        guard let found = try store.remoteExperiment(id: id), lifecycle == nil || found.lifecycle == lifecycle else {
            throw MLflowError.noExperiment(text)
        }
        try change(store, found)
    }
    return .json(.object([]))
}

private func updateExperiment(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    _ = try request.required("experiment_id")
    let name = try request.required("new_name")
    try MLflowNames.checkExperiment(name)
    return try await changeExperiment(call, request) { store, experiment in
        guard experiment.lifecycle == .active else {
            throw MLflowError.deleted("experiment", experiment.id.description)
        }
        guard !experiment.name.isExactly(name) else { return }
        do {
            try store.renameExperiment(experiment.name, to: name)
        } catch StoreError.experimentExists, StoreError.experimentIsDeleted {
            throw MLflowError(.exists, "Experiment(name=\(name)) already exists.")
        }
    }
}

private func deleteExperiment(_ call: Call) async throws -> Response {
    try await changeExperiment(call, try await call.mlflowRequest(), .active) { store, experiment in
        _ = try store.deleteExperiment(experiment.name)
    }
}

private func restoreExperiment(_ call: Call) async throws -> Response {
    try await changeExperiment(call, try await call.mlflowRequest(), .deleted) { store, experiment in
        _ = try store.restoreExperiment(experiment.name)
    }
}

private func setExperimentTag(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    _ = try request.required("experiment_id")
    let tag = (key: try request.required("key"), value: try request.text("value") ?? "")
    try checkTag(tag)
    return try await changeExperiment(call, request) { store, experiment in
        guard experiment.lifecycle == .active else {
            throw MLflowError.deleted("experiment", experiment.id.description)
        }
        try store.tagExperiment(experiment.id, with: [tag])
    }
}

private func deleteExperimentTag(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    _ = try request.required("experiment_id")
    let key = try request.required("key")
    return try await changeExperiment(call, request) { store, experiment in
        guard experiment.lifecycle == .active else {
            throw MLflowError.deleted("experiment", experiment.id.description)
        }
        guard try store.tags(ofExperiment: experiment.id).contains(where: { $0.key.isExactly(key) }) else {
            throw MLflowError(.missing, "No tag with name: \(key) in experiment with id \(experiment.id)")
        }
        try store.tagExperiment(experiment.id, with: [], removing: [key])
    }
}

private func searchDatasets(_ call: Call) async throws -> Response {
    let texts = try await call.mlflowRequest().texts("experiment_ids")
    guard !texts.isEmpty else {
        throw MLflowError.invalid("SearchDatasets request must specify at least one experiment_id.")
    }
    guard texts.count <= experimentsSearched else {
        throw MLflowError.invalid(
            "SearchDatasets request cannot specify more than \(experimentsSearched) experiment_ids. "
                + "Received \(texts.count) experiment_ids."
        )
    }
    let ids = try texts.map { try MLflowNames.experimentID($0) }
    let found = try await call.ask { store in try store.inputs(ofExperiments: ids, limit: datasetsTold) }
    return .json(
        .fields(
            (
                "dataset_summaries",
                .array(
                    found.map {
                        .fields(
                            ("experiment_id", .string($0.experiment.description)),
                            ("name", .string($0.name)),
                            ("digest", .string($0.digest)),
                            ("context", $0.context.isEmpty ? nil : .string($0.context))
                        )
                    }
                )
            )
        )
    )
}

extension MLflowRequest {
    /// How many a page has.
    func page(usual: Int, largest: Int) throws(MLflowError) -> Int {
        guard let number = try integer("max_results") else { return usual }
        guard number > 0 else {
            throw .wrong(.integer(number), for: "max_results", "It must be a positive integer")
        }
        guard number <= largest else {
            throw .wrong(.integer(number), for: "max_results", "It must be at most \(largest)")
        }
        return Int(number)
    }

    /// Whether what is deleted is asked for; ACTIVE_ONLY unless said.
    func lifecycles(_ name: String) throws(MLflowError) -> [Lifecycle] {
        switch self[name] {
        case nil, .string("ACTIVE_ONLY")?, .string("1")?, .integer(1)?, .string("")?: return [.active]
        case .string("DELETED_ONLY")?, .string("2")?, .integer(2)?: return [.deleted]
        case .string("ALL")?, .string("3")?, .integer(3)?: return [.active, .deleted]
        case let value?: throw .wrong(value, for: name, "it is ACTIVE_ONLY, DELETED_ONLY or ALL")
        }
    }
}
