import HTTPTypes
import HummingbirdCore
import Questions
import Storage

extension Routes {
    /// Runs: lists, one whole, and what it recorded.
    mutating func addRuns() {
        get(
            "/api/v1/runs",
            "The runs that a filter finds, newest first.",
            takes: [.filter, .sort, .columns, .limit, .after, .deleted, .withVariances, .withMeasures],
            gives: .list(of: .run),
            listRuns
        )
        get("/api/v1/runs/{run}", "One run whole.", gives: .wholeRun, showRun)
        get(
            "/api/v1/runs/{run}/metrics",
            "The metrics of a run: last value and extremes, and with key or points the values by step.",
            takes: [.keys, .points, .from, .to],
            gives: .list(of: .metric),
            listMetrics
        )
        get(
            "/api/v1/runs/{run}/variances",
            "What was measured at the layers of a run: at one step, or of some layers by step.",
            takes: [.step, .measure, .layers, .points, .from, .to],
            gives: .list(of: .anything),
            listVariances
        )
        get(
            "/api/v1/runs/{run}/weights",
            "The tensors kept with a run, or with at a safetensors file of them.",
            takes: [.at],
            gives: .list(of: .tensor),
            weights
        )
    }
}

/// How many runs a page of a list has.
private let usualPage = 1000
private let largestPage = 10_000

private func listRuns(_ call: Call) async throws -> Response {
    var list = RunList()
    list.filter = try call.filter
    list.order = try call.order
    list.lifecycle = try call.lifecycle
    list.after = try call.after
    let limit = min(try call.limit ?? usualPage, largestPage)
    // One more tells whether there is a next page.
    list.limit = limit + 1
    let (layers, columns) = (try call.layers, try call.columns)
    let (page, next) = try await call.ask { [list] store in
        try RunList.check(list.order.map(\.field), in: store)
        if let columns { try RunList.check(store.fields(of: columns).map(\.field), in: store) }
        var page = JSONList()
        var (last, next): (Int64?, Int64?)
        try list.forEach(in: store) { run in
            guard page.count < limit else { return next = last }
            page.append(try RunAnswer(run, store, with: layers).record.json)
            last = run.number
        }
        return (page, next)
    }
    return page.response(call.linkToNext(next))
}

private func showRun(_ call: Call) async throws -> Response {
    let word = call.word("run")
    return .json(try await call.ask { store in try WholeRun(word, in: store).record.json })
}

extension Call {
    /// The header that leads to the page behind a run; none where there is none.
    func linkToNext(_ last: Int64?) -> HTTPFields {
        guard let last else { return [:] }
        let text = request.head.path ?? "/"
        let address = text.prefix { $0 != "?" }
        let query = text.dropFirst(address.count + 1).split(separator: "&").filter { !$0.hasPrefix("after=") }
        let next = (query + ["after=\(last)"]).joined(separator: "&")
        return [.link: "<\(address)?\(next)>; rel=\"next\""]
    }
}

// MARK: What a run recorded

/// How many points of a metric or a layer are given where nobody says.
private let usualPoints = 1000

private func listMetrics(_ call: Call) async throws -> Response {
    let (word, keys, steps) = (call.word("run"), call.list(.keys), try call.steps)
    let asked = try call.number(.points, in: 2...100_000)
    let hasPoints = asked != nil || !keys.isEmpty || steps != nil
    return try await call.ask { store in
        let run = try store.run(word)
        let extremes = try store.metricExtremes(of: run.number)
        let known = try store.lastMetrics(of: run.number)
        if let key = keys.first(where: { key in !known.contains { $0.key.isExactly(key) } }) {
            throw QuestionError.runLacks(run: run.number, name: key, known: known.map(\.key))
        }
        var list = JSONList()
        for metric in known where keys.isEmpty || keys.holds(metric.key) {
            var record: Record = [
                "metric": .string(metric.key), "step": .integer(metric.step), "value": .real(metric.value),
            ]
            let extreme = extremes.first { $0.key.isExactly(metric.key) }
            record.append("least", JSON(extreme?.least))
            record.append("least_step", JSON(extreme?.leastStep))
            record.append("greatest", JSON(extreme?.greatest))
            record.append("greatest_step", JSON(extreme?.greatestStep))
            if hasPoints {
                record.append(
                    try store.points(
                        ofMetric: metric.key,
                        in: run.number,
                        steps: steps ?? .min ... .max,
                        atMost: asked ?? usualPoints
                    ),
                    hasTimes: true
                )
            }
            list.append(record.json)
        }
        return list.response()
    }
}

private func listVariances(_ call: Call) async throws -> Response {
    let (word, step, names, steps) = (call.word("run"), try call.step, call.list(.layers), try call.steps)
    let measure = try call.measure
    let asked = try call.number(.points, in: 2...100_000)
    return try await call.ask { store in
        let run = try store.run(word)
        guard !names.isEmpty || asked != nil || steps != nil else {
            let measured = try store.measures(of: run, step: step.number)
            var list = JSONList()
            for layer in measured where measure == nil || layer.measure == measure?.stored {
                list.append(layer.record.json)
            }
            return list.response()
        }
        let all = try store.layers(ofRun: run.number)
        var wanted = all
        if !names.isEmpty {
            wanted = try names.flatMap { name in
                guard let layer = NamedLayer(name, among: all) else {
                    throw QuestionError.runLacks(run: run.number, name: name, known: all.map(\.place.shortName))
                }
                return layer.places
            }
        }
        var list = JSONList()
        for layer in wanted where measure == nil || layer.place.measure == measure?.stored {
            var record = layer.record
            record.append(
                try store.points(
                    ofLayer: layer.id,
                    in: run.number,
                    steps: steps ?? .min ... .max,
                    atMost: asked ?? usualPoints
                ),
                hasTimes: false
            )
            list.append(record.json)
        }
        return list.response()
    }
}

extension Record {
    /// Adds points as columns.
    fileprivate mutating func append(_ points: [RecordedPoint], hasTimes: Bool) {
        append("steps", .array(points.map { .integer($0.step) }))
        append("values", .array(points.map { .real($0.value) }))
        if hasTimes { append("timestamps", .array(points.map { JSON($0.timestamp) })) }
    }
}
