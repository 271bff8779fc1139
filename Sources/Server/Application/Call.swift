import HTTPTypes
import HummingbirdCore
import NIOCore
import Storage

/// One request, and what a route needs to answer it.
struct Call: Sendable {
    let request: Request
    let path: Path
    /// The words of the path that the route names.
    private let captures: [String: String]
    let route: Route
    let application: Application
    /// Tells a client that waits with its body that it is wanted.
    private let askForBody: @Sendable () -> Void

    init(
        _ request: Request,
        _ path: Path,
        _ captures: [String: String],
        _ route: Route,
        _ application: Application,
        askForBody: @escaping @Sendable () -> Void
    ) {
        self.request = request
        self.path = path
        self.captures = captures
        self.route = route
        self.application = application
        self.askForBody = askForBody
    }

    /// The word that stands in the path for a name of the route, as `run` in `/runs/{run}`.
    func word(_ name: String) -> String { captures[name] ?? "" }

    /// Asks the store, in one snapshot of it, and no longer than a question may take.
    ///
    /// - Throws: what the question throws; see `StorePool/ask`.
    func ask<Answer: Sendable>(_ question: @escaping @Sendable (Store) throws -> Answer) async throws -> Answer {
        let begin = ContinuousClock.now
        defer { application.spareMemory.note(.now - begin) }
        let interruption = Interruption(deadline: begin + application.settings.questionTime)
        do {
            return try await application.pool.ask(interruption) { store in
                // Where that cannot be read, an answer without them is better than none.
                guard (try? store.hasWaitingMetrics) != true else { throw MetricsWait() }
                return try question(store)
            }
        } catch is MetricsWait {
            await placeMetrics(until: begin + .seconds(2))
            return try await application.pool.ask(interruption, question)
        }
    }

    /// That values of metrics which were recorded are not in their table yet.
    private struct MetricsWait: Error {}

    /// Has them put there; where that cannot be now, an answer without them is better than none.
    private func placeMetrics(until deadline: ContinuousClock.Instant) async {
        if let writer = application.writer {
            try? await writer.write(Interruption(deadline: deadline)) { _ in }
        } else {
            try? await application.pool.ask { store in store.placeWaitingMetricsOfOthers() }
        }
    }

    /// Changes the store, and waits for the commit; it is done also where the client goes away meanwhile.
    ///
    /// - Throws: ``Problem`` where changes are refused; what the change throws; see `Writer/write`.
    func change<Answer: Sendable>(_ change: @escaping @Sendable (Store) throws -> Answer) async throws -> Answer {
        try await write { writer, interruption in try await writer.write(interruption, change) }
    }

    /// Records values of metrics, as ``change(_:)`` changes the store; see `Writer/record`.
    func record(values: Int, _ record: @escaping @Sendable (Store) throws -> Void) async throws {
        try await write { writer, interruption in try await writer.record(values: values, interruption, record) }
    }

    private func write<Answer: Sendable>(
        _ write: @escaping @Sendable (Writer, Interruption) async throws -> Answer
    ) async throws -> Answer {
        guard let writer = application.writer else {
            throw Problem(.forbidden, "this server only shows the store and changes nothing (--read-only)")
        }
        // Waiting for another process ends before, and then says so.
        let time = .milliseconds(Int64(Store.busyTimeout)) + application.settings.questionTime
        return try await Task { try await write(writer, Interruption(deadline: .now + time)) }.value
    }

    /// The body of the request as it comes; what is refused for its header is refused before this is asked for.
    var incoming: RequestBody {
        if request.headers[.expect] != nil { askForBody() }
        return request.body
    }

    /// The body of the request.
    ///
    /// - Parameter limit: how many bytes it may have.
    /// - Returns: all of it.
    /// - Throws: ``Problem`` where it has more, or the client went away.
    func body(atMost limit: Int) async throws -> [UInt8] {
        let tooLarge = Problem(.contentTooLarge, "the body is larger than \(limit) bytes")
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit { throw tooLarge.closing }
        var bytes: [UInt8] = []
        for try await part in incoming {
            guard bytes.count + part.readableBytes <= limit else { throw tooLarge.closing }
            bytes += part.readableBytesView
        }
        return bytes
    }

    /// The largest body of JSON.
    private static let jsonLimit = 2 << 20

    /// The body of the request as JSON.
    ///
    /// - Throws: ``Problem`` where it is none, or is larger than 2 MB.
    func json() async throws -> JSON {
        let bytes = try await body(atMost: Self.jsonLimit)
        guard let text = String(validating: bytes, as: UTF8.self), let json = try? JSON(parsing: text) else {
            throw Problem(.badRequest, "the body is not JSON")
        }
        return json
    }

    /// Refuses what the route knows nothing of: a misspelt parameter would be passed over.
    ///
    /// - Throws: ``Problem``.
    func checkQuery() throws(Problem) {
        if route.isPage || route.isMLflow { return }
        for (name, _) in path.query where !route.parameters.contains(where: { $0.name == name }) {
            let known = listed(route.parameters.map(\.name))
            throw Problem(
                .badRequest,
                "there is no parameter '\(name.prefix(100))' here" + (known.isEmpty ? "" : "; there are \(known)"),
                parameter: name
            )
        }
    }
}
