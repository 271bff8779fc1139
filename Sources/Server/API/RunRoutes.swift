import HTTPTypes
import HummingbirdCore
import Questions
import Storage

extension Routes {
    /// Runs: lists, and one whole.
    mutating func addRuns() {
        get(
            "/api/v1/runs",
            "The runs that a filter finds, newest first.",
            takes: [.filter, .sort, .limit, .after, .deleted, .withVariances, .withMeasures],
            listRuns
        )
        get("/api/v1/runs/{run}", "One run whole.", showRun)
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
    let limit = min(try call.limit ?? usualPage, largestPage)
    // One more tells whether there is a next page.
    list.limit = limit + 1
    list.after = try call.after
    let layers = try call.layers
    let (page, last) = try await call.ask { [list] store in
        try RunList.check(list.order.map(\.field), in: store)
        var page = JSONList()
        var (last, next): (Int64?, Int64?)
        try list.forEach(in: store) { run in
            guard page.count < limit else { return next = last }
            page.append(try RunAnswer(run, store, with: layers).record.json)
            last = run.number
        }
        return (page, next)
    }
    return Response(page.text, "application/json", headers: call.linkToNext(last))
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
