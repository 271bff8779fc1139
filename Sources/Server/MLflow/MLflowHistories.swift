import HTTPTypes
import HummingbirdCore
import Storage

extension Routes {
    mutating func addMLflowHistories() {
        mlflow(.get, "/metrics/get-history", "All values of a metric of a run.", getHistory)
        mlflow(.get, "/metrics/get-history-bulk", "All values of a metric of several runs.", getHistories)
        mlflow(
            .get,
            "/metrics/get-history-bulk-interval",
            "Values of a metric at some steps of several runs.",
            getInterval
        )
    }
}

private let mostValues = 25_000
private let mostRuns = 100
private let mostSteps = 2500

private func findRun(_ uuid: String, in store: Store) throws -> RemoteRun {
    guard let run = try store.remoteRun(uuid) else { throw MLflowError.noRun(uuid) }
    return run
}

private func getHistory(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let uuid = try request.runID()
    let key = try request.required("metric_key")
    let limit = try request.integer("max_results")
    if let limit, limit < 0 {
        throw MLflowError.wrong(.integer(limit), for: "max_results", "It must not be negative.")
    }
    let place = try MLflowToken.place(try request.text("page_token"))
    let most = limit.map { Int(min($0, Int64(mostValues))) }
    let (values, hasMore) = try await call.ask { store in
        let run = try findRun(uuid, in: store)
        let page = try store.history(of: key, in: run.number, limit: most.map { $0 + 1 }, offset: place.offset)
        return (
            page.prefix(most ?? page.count).map { JSON.metric($0) }, most.map { $0 > 0 && page.count > $0 } ?? false
        )
    }
    let next = RemotePlace(offset: place.offset + (most ?? 0))
    return .json(
        .fields(
            ("metrics", .array(values)),
            ("next_page_token", hasMore ? .string(MLflowToken.text(of: next)) : nil)
        )
    )
}

private func getHistories(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let uuids = try request.texts("run_id", isQuery: true)
    guard !uuids.isEmpty else {
        throw MLflowError.invalid("GetMetricHistoryBulk request must specify at least one run_id.")
    }
    guard uuids.count <= mostRuns else {
        throw MLflowError.invalid(
            "GetMetricHistoryBulk request cannot specify more than \(mostRuns) run_ids. Received \(uuids.count) run_ids."
        )
    }
    guard let key = try request.text("metric_key") else {
        throw MLflowError.invalid("GetMetricHistoryBulk request must specify a metric_key.")
    }
    let limit = Int(min(max(try request.integer("max_results") ?? Int64(mostValues), 0), Int64(mostValues)))
    let values = try await call.ask { store in
        var values: [JSON] = []
        for uuid in Set(uuids).sorted() where values.count < limit {
            guard let run = try store.remoteRun(uuid) else { continue }
            values += try store.history(of: key, in: run.number, limit: limit - values.count)
                .map { .metric($0, run: uuid) }
        }
        return values
    }
    return .json(["metrics": .array(values)])
}

private func getInterval(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let uuids = try request.texts("run_ids", isQuery: true)
    guard !uuids.isEmpty else { throw MLflowError.missing("run_ids") }
    guard uuids.count <= mostRuns else {
        throw MLflowError.invalid(
            "GetMetricHistoryBulkInterval request must specify at most \(mostRuns) run_ids. "
                + "Received \(uuids.count) run_ids."
        )
    }
    let key = try request.required("metric_key")
    let limit = try request.integer("max_results") ?? Int64(mostSteps)
    guard (1...Int64(mostSteps)).contains(limit) else {
        throw MLflowError.invalid("max_results must be between 1 and \(mostSteps).")
    }
    let (start, end) = (try request.integer("start_step"), try request.integer("end_step"))
    guard (start == nil) == (end == nil) else {
        throw MLflowError.invalid("If either start step or end step are specified, both must be specified.")
    }
    let (low, high) = (start ?? .min, end ?? .max)
    guard low <= high else {
        throw MLflowError.invalid(
            "end_step must be greater than start_step. Found start_step=\(low) and end_step=\(high)."
        )
    }
    let values = try await call.ask { store in
        let runs = try uuids.map { try findRun($0, in: store) }
        let recorded = try runs.map { try store.steps(of: key, in: $0.number, low...high) }
        let steps = sampled(Set(recorded.joined()).sorted(), Int(limit)) + recorded.compactMap(\.last)
        let wanted = Set(steps).sorted()
        return try runs.flatMap { run in
            try store.history(of: key, in: run.number, at: wanted, limit: mostValues).map {
                JSON.metric($0, run: run.uuid)
            }
        }
    }
    return .json(.fields(("metrics", .array(values))))
}

/// Steps that lie evenly among others, the first and the last with them; one more than asked for at most.
private func sampled(_ steps: [Int64], _ count: Int) -> [Int64] {
    guard steps.count > count, let last = steps.last else { return steps }
    return (0..<count).map { steps[$0 * steps.count / count] } + [last]
}
