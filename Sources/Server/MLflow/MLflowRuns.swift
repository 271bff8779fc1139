import HTTPTypes
import HummingbirdCore
import Storage

extension Routes {
    mutating func addMLflowRuns() {
        mlflow(.post, "/runs/create", "Begins a run.", createRun)
        mlflow(.get, "/runs/get", "A run.", getRun)
        mlflow(.post, "/runs/update", "Changes status, end and name of a run.", updateRun)
        mlflow(.post, "/runs/delete", "Deletes a run.", deleteRun)
        mlflow(.post, "/runs/restore", "Restores a run.", restoreRun)
        mlflow(.post, "/runs/search", "The runs that a filter finds.", searchRuns)
    }
}

private let (usualPage, largestPage) = (1000, 50_000)

/// A run as MLflow tells it.
struct MLflowRun: Sendable {
    let run: RemoteRun
    let data: RemoteData

    /// Reads what belongs to a run.
    init(_ run: RemoteRun, in store: Store) throws {
        self.run = run
        data = try store.remoteData(of: run.number)
    }

    private init(_ run: RemoteRun, _ data: RemoteData) {
        self.run = run
        self.data = data
    }

    /// Reads what belongs to runs.
    static func list(_ runs: [RemoteRun], in store: Store) throws -> [MLflowRun] {
        zip(runs, try store.remoteData(of: runs.map(\.number))).map { MLflowRun($0, $1) }
    }

    static func artifactURI(_ run: RemoteRun) -> String { "mlflow-artifacts:/\(run.experiment)/\(run.uuid)/artifacts" }

    private var user: String {
        let given = data.tags.first { $0.key == Store.userTag } ?? data.tags.first { $0.key == "mlflow.user" }
        return given?.value.text ?? ""
    }

    /// Those that MLflow knows of: Varve's own are left out, but for the two that may be set.
    private var tags: [Entry] {
        let shown = data.tags.filter { tag in
            !tag.key.hasPrefix("varve.") || [Store.seedTag, Store.architectureTag].contains(tag.key)
        }
        guard let name = run.name else { return shown }
        return shown.filter { $0.key != Store.nameTag } + [Entry(key: Store.nameTag, value: .text(name))]
    }

    var info: JSON {
        .fields(
            ("run_uuid", .string(run.uuid)),
            ("experiment_id", .string(run.experiment.description)),
            ("run_name", .string(run.name ?? "")),
            ("user_id", .string(user)),
            ("status", .string(run.status.rawValue.uppercased())),
            ("start_time", .integer(run.started)),
            ("end_time", run.ended.map { .integer($0) }),
            ("artifact_uri", .string(Self.artifactURI(run))),
            ("lifecycle_stage", .string(run.lifecycle.rawValue)),
            ("run_id", .string(run.uuid))
        )
    }

    var json: JSON {
        let inputs = data.inputs.map { input -> JSON in
            let content = (try? JSON(parsing: input.content)) ?? .object([])
            guard case .object(let members) = content else { return content }
            return .object(members.filter { $0.key != RunInput.position })
        }
        let given = data.models.inputs.map { model -> JSON in ["model_id": .string(model.id)] }
        let made = data.models.outputs.map { model -> JSON in
            ["model_id": .string(model.id), "step": .integer(model.step)]
        }
        return .fields(
            ("info", info),
            (
                "data",
                .fields(
                    ("metrics", .array(data.metrics.map { .metric($0) })),
                    ("params", .entries(data.params)),
                    ("tags", .entries(tags))
                )
            ),
            ("inputs", .fields(("dataset_inputs", .array(inputs)), ("model_inputs", .array(given)))),
            ("outputs", made.isEmpty ? nil : ["model_outputs": .array(made)])
        )
    }
}

private func createRun(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let text = try request.text("experiment_id") ?? "0"
    let experiment = try MLflowNames.experimentID(text.isEmpty ? "0" : text)
    let started = try request.integer("start_time")
    let given = try request.text("run_name") ?? ""
    let user = try request.text("user_id")
    let tags = try request.entries("tags")
    for (index, tag) in tags.enumerated() { try MLflowNames.check(tag.key, at: "tags[\(index)].key") }
    let tagged = tags.last { $0.key == Store.nameTag }?.value ?? ""
    if !given.isEmpty, !tagged.isEmpty, given != tagged {
        throw MLflowError.invalid(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
                + "(run_name='\(given)', mlflow.runName='\(tagged)')."
        )
    }
    let name = !given.isEmpty ? given : !tagged.isEmpty ? tagged : MLflowNames.random()
    let all =
        tags.filter { $0.key != Store.nameTag }
        .map { (key: $0.key, value: MLflowNames.cut($0.value, to: MLflowNames.longestTag)) }
        + [(key: Store.nameTag, value: name)]
    do {
        let run = try await call.change { store in
            let run = try store.startRemoteRun(
                experiment: experiment,
                name: name,
                user: user,
                started: started,
                tags: all
            )
            return try MLflowRun(run, in: store)
        }
        return .json(["run": run.json])
    } catch StoreError.noExperiment {
        throw MLflowError.noExperiment(text)
    } catch StoreError.experimentIsDeleted {
        throw MLflowError.deleted("experiment", text)
    }
}

private func getRun(_ call: Call) async throws -> Response {
    let uuid = try await call.mlflowRequest().runID()
    let found = try await call.ask { store in
        try store.remoteRun(uuid).map { try MLflowRun($0, in: store) }
    }
    guard let found else { throw MLflowError.noRun(uuid) }
    return .json(["run": found.json])
}

/// The status that a request gives, by its name or its number.
private func status(_ request: MLflowRequest) throws(MLflowError) -> RunStatus? {
    let words: [(String, Int64, RunStatus)] = [
        ("RUNNING", 1, .running), ("SCHEDULED", 2, RunStatus(rawValue: "scheduled")), ("FINISHED", 3, .finished),
        ("FAILED", 4, .failed), ("KILLED", 5, .killed),
    ]
    guard let value = request["status"] else { return nil }
    for (word, number, status) in words where value == .string(word) || value == .integer(number) { return status }
    throw .wrong(value, for: "status", "it is RUNNING, SCHEDULED, FINISHED, FAILED or KILLED")
}

private func updateRun(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let uuid = try request.runID()
    let status = try status(request)
    let ended = try request.integer("end_time")
    let name = try request.text("run_name")
    let run = try await call.change(run: uuid) { store in
        try MLflowRun(store.updateRemoteRun(uuid, status: status, ended: ended, name: name), in: store)
    }
    return .json(["run_info": run.info])
}

/// Puts a run away or brings it back, whatever it is.
private func setLifecycle(_ call: Call, _ change: @escaping @Sendable (Store, Int64) throws -> Void) async throws
    -> Response
{
    let uuid = try await call.mlflowRequest().runID()
    try await call.change(run: uuid) { store in
        guard let run = try store.remoteRun(uuid) else { throw MLflowError.noRun(uuid) }
        try change(store, run.number)
    }
    return .json(.object([]))
}

private func deleteRun(_ call: Call) async throws -> Response {
    try await setLifecycle(call) { store, run in _ = try store.delete([run]) }
}

private func restoreRun(_ call: Call) async throws -> Response {
    try await setLifecycle(call) { store, run in _ = try store.restore([run]) }
}

private func searchRuns(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let experiments = try request.texts("experiment_ids").map { text throws(MLflowError) in
        try MLflowNames.experimentID(text)
    }
    let search = try MLflowSearch.search(
        .runs,
        filter: try request.text("filter"),
        order: try request.texts("order_by")
    )
    let limit = try request.page(usual: usualPage, largest: largestPage)
    let place = try MLflowToken.place(try request.text("page_token"))
    let lifecycles = try request.lifecycles("run_view_type")
    let (runs, next) = try await call.ask { store in
        let page = try store.remoteRuns(
            of: experiments,
            matching: search,
            lifecycles: lifecycles,
            from: place,
            limit: limit
        )
        return (try MLflowRun.list(page.runs, in: store).map(\.json), page.next)
    }
    return .json(
        .fields(("runs", .array(runs)), ("next_page_token", next.map { .string(MLflowToken.text(of: $0)) }))
    )
}
