import HTTPTypes
import HummingbirdCore
import NIOCore
import Storage

extension Routes {
    /// What changes, as it changes.
    mutating func addEvents() {
        get(
            "/api/v1/events",
            "Server-sent events: store (after each change: the newest run, those running, the version) and run (a run watched or running, as runs gives it).",
            takes: [.watchedRuns],
            gives: .events,
            isKept: false,
            events
        )
    }
}

extension Parameter {
    fileprivate static let watchedRuns = Parameter(
        name: "runs",
        summary: "The numbers of runs to watch, at most 200, with commas between them; the running ones always are."
    )
}

private let mostWatched = 200

private func events(_ call: Call) async throws -> Response {
    let watched = try call.read(.watchedRuns) { text -> Set<Int64>? in
        let words = text.split(separator: ",")
        let numbers = words.compactMap { Int64($0) }
        return numbers.count == words.count && numbers.count <= mostWatched ? Set(numbers) : nil
    }
    let runs = watched ?? []
    let last = call.request.headers[.lastEventID]
    let hub = call.application.events
    try await hub.check()
    let body = ResponseBody { writer in
        // Not before somebody reads: an answer that nobody takes watches nothing.
        let (number, wakings) = try await hub.watch(runs)
        do {
            try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
            var told = Told(last: last)
            for await _ in wakings {
                try await writer.write(ByteBuffer(string: told.news(in: await hub.state)))
            }
            await hub.leave(number)
            try await writer.finish(nil)
        } catch {
            await hub.leave(number)
            throw error
        }
    }
    var headers: HTTPFields = [:]
    headers[.contentType] = "text/event-stream"
    headers[.cacheControl] = "no-store"
    return Response(status: .ok, headers: headers, body: body)
}

/// What one page has been told.
private struct Told {
    /// The event that it had last before it was connected again.
    private var last: String?
    private var store: UInt64 = 0
    private var runs: [Int64: UInt64] = [:]

    init(last: String?) { self.last = last }

    /// The events that are new to it; a comment where there are none.
    mutating func news(in state: EventHub.State) -> String {
        let isKnown = last == state.version
        last = nil
        var news = ""
        func add(_ event: String, _ text: String) {
            if !isKnown { news += "event: \(event)\nid: \(state.version)\ndata: \(text)\n\n" }
        }
        if state.store.stamp != store {
            store = state.store.stamp
            add("store", state.store.text)
        }
        for (number, run) in state.runs.sorted(by: { $0.key < $1.key }) where runs[number] != run.stamp {
            runs[number] = run.stamp
            add("run", run.text)
        }
        return news.isEmpty ? ": nothing new\n\n" : news
    }
}
