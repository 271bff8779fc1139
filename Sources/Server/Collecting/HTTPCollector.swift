import Questions
import Storage

/// A request to a server.
struct ServerRequest: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        case file(String)
    }

    let method: String
    /// As `/api/v1/merge`.
    let path: String
    let type: String
    let body: Body
}

/// What a server answered.
struct ServerAnswer: Sendable {
    let status: Int
    /// After how many seconds to come again.
    var retryAfter: Int?
    let body: [UInt8]
}

/// What sends requests, and waits.
protocol ServerClient {
    /// The server, for people.
    var address: String { get }

    /// - Throws: ``CollectorError`` where no answer comes.
    func send(_ request: ServerRequest) throws -> ServerAnswer

    /// Waits before a request is sent again; throws where somebody ends it.
    func wait(_ time: Duration) throws
}

/// A server that collects runs, spoken to by HTTP.
public struct HTTPCollector: Collector {
    private let client: any ServerClient
    /// How often a request is sent where no answer comes.
    private let attempts: Int

    init(_ client: any ServerClient, attempts: Int) {
        self.client = client
        self.attempts = attempts
    }

    public func known(runs: [String], hasLatest: Bool, digests: [String]) throws -> KnownContent {
        let question: JSON = [
            "runs": .array(runs.map { .string($0) }), "latest": .bool(hasLatest),
            "digests": .array(digests.map { .string($0) }),
        ]
        let json = try ask("POST", "/api/v1/merge/known", "application/json", .bytes(Array(question.text.utf8)))
        guard case .array(let states) = json["runs"], case .array(let purges) = json["purged"],
            case .array(let content) = json["digests"]
        else { throw stranger }
        var known = KnownContent()
        for json in states {
            guard let state = RunState(json) else { throw stranger }
            known.runs[ExactText(state.uuid)] = state
        }
        for purge in purges {
            guard case .string(let uuid) = purge["uuid"], case .integer(let run) = purge["run"],
                case .integer(let at) = purge["purged"]
            else { throw stranger }
            known.purged[ExactText(uuid)] = PurgedRun(run: run, purged: at)
        }
        for item in content { if case .string(let digest) = item { known.digests.insert(ExactText(digest)) } }
        return known
    }

    public func put(file: String, digest: String, size: Int64) throws {
        _ = try ask("PUT", "/api/v1/artifacts/\(digest)", "application/octet-stream", .file(file))
    }

    public func merge(_ store: String) throws -> CollectedRuns {
        let json = try ask("PUT", "/api/v1/merge", "application/vnd.sqlite3", .file(store))
        guard case .array(let runs) = json["runs"], case .array(let datasets) = json["datasets"] else { throw stranger }
        var collected = CollectedRuns()
        for json in runs {
            guard let run = MergedRun(json) else { throw stranger }
            collected.runs.append(run)
        }
        for json in datasets {
            guard case .string(let name) = json["name"], case .string(let other) = json["new_name"] else {
                throw stranger
            }
            collected.renamed.append(RenamedDataset(name: name, newName: other))
        }
        return collected
    }

    private var stranger: CollectorError {
        .stranger(address: client.address, reason: "its answer is not what Varve answers")
    }

    private func ask(_ method: String, _ path: String, _ type: String, _ body: ServerRequest.Body) throws -> Record {
        let request = ServerRequest(method: method, path: path, type: type, body: body)
        var attempt = 0
        while true {
            attempt += 1
            do {
                return try answer(client.send(request))
            } catch let error as CollectorError where error.isPassing && attempt < attempts {
                var time = Duration.milliseconds(250 << min(attempt - 1, 5))
                if case .busy(_, _, let seconds) = error { time = max(time, .seconds(min(seconds, 30))) }
                try client.wait(time)
            }
        }
    }

    /// What of an answer was asked for.
    private func answer(_ answer: ServerAnswer) throws(CollectorError) -> Record {
        let json = String(validating: answer.body, as: UTF8.self).flatMap { try? JSON(parsing: $0) }
        let record: Record? = if case .object(let members)? = json { Record(members) } else { nil }
        if (200..<300).contains(answer.status) {
            guard let record else { throw stranger }
            return record
        }
        let detail = record?.text("detail")
        if [408, 429, 500, 502, 503, 504].contains(answer.status) {
            let reason = detail ?? "status \(answer.status)"
            throw .busy(address: client.address, reason: reason, seconds: answer.retryAfter ?? 0)
        }
        guard let detail, answer.status >= 400, answer.status != 404 else {
            throw .stranger(address: client.address, reason: detail ?? "status \(answer.status)")
        }
        throw .refused(address: client.address, status: answer.status, reason: detail)
    }
}

extension Record {
    /// The text of a member; nil where it has none.
    fileprivate func text(_ key: String) -> String? { if case .string(let text) = self[key] { text } else { nil } }
}

extension MergedRun {
    /// Reads what a server answers; nil where it is something else.
    fileprivate init?(_ json: JSON) {
        guard case .object(let members) = json else { return nil }
        let record = Record(members)
        guard case .integer(let source) = record["source_run"], case .integer(let number) = record["run"],
            case .string(let uuid) = record["uuid"], case .string(let word) = record["result"],
            let outcome = Outcome(rawValue: word)
        else { return nil }
        self.init(
            sourceNumber: source,
            number: number,
            uuid: uuid,
            outcome: outcome,
            difference: record.text("difference"),
            deletion: record.text("deletion").flatMap(Deletion.init)
        )
    }
}

extension JSON {
    /// A member of an object; null where there is none.
    fileprivate subscript(key: String) -> JSON {
        guard case .object(let members) = self else { return .null }
        return Record(members)[key]
    }
}
