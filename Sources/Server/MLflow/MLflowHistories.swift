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
    if let limit, limit <= 0 {
        throw MLflowError.wrong(.integer(limit), for: "max_results", "It must be a positive integer.")
    }
    let place = try MLflowToken.place(try request.text("page_token"))
    let most = limit.map { Int(min($0, Int64(mostValues))) }
    let (values, hasMore) = try await call.ask { store in
        let run = try findRun(uuid, in: store)
        let page = try store.history(of: key, in: run.number, limit: most.map { $0 + 1 }, offset: place.offset)
        return (
            page.prefix(most ?? page.count).map { JSON.metric($0) }, most.map { page.count > $0 } ?? false
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
        return try runs.flatMap { run -> [JSON] in
            let count = try store.valueCount(of: key, in: run.number, low...high)
            return try store.history(of: key, in: run.number, low...high, at: spread(Int(limit), of: count)).map {
                JSON.metric($0, run: run.uuid)
            }
        }
    }
    return .json(.fields(("metrics", .array(values))))
}

/// Places that lie evenly among all values of a run, as MLflow chooses them.
///
/// They are the first of each of so many parts, whose lengths differ by one at most; in the last part it is the last one. So a
/// step at which many values were recorded does not make the answer longer.
private func spread(_ most: Int, of count: Int) -> [Int64] {
    let parts = min(most, count)
    guard parts > 0 else { return [] }
    let (length, longer) = count.quotientAndRemainder(dividingBy: parts)
    return (0..<parts - 1).map { Int64($0 * length + min($0, longer)) } + [Int64(count - 1)]
}
