import HTTPTypes
import HummingbirdCore
import Storage

/// Answers requests about one store; who listens at a socket hands them over.
final class Application: Sendable {
    let settings: ServerSettings
    /// Answers questions, on threads of its own.
    let pool: StorePool
    /// Nil where changes are refused.
    let writer: Writer?
    /// Reads and writes files, on threads of their own.
    let files: ThreadTeam<FileSeat>
    let spareMemory: SpareMemory
    /// Take stores that are merged, on threads of their own.
    let merges: ThreadTeam<FileSeat>
    /// Asked whether anything has changed.
    private let clock: StorePool
    /// Answers that hold until something changes.
    private let kept = KeptAnswers()
    let events: EventHub
    /// Executes the SQL that people type, in processes of their own.
    let typedSQL: TypedSQL
    private let routes = Routes.all()
    private let guardian: Guardian

    /// Opens the store; where changes are allowed it is made if it is not there, and brought up to date.
    ///
    /// - Throws: `StoreError`, `SQLiteError`, `TeamRefusal`.
    init(_ settings: ServerSettings) throws {
        self.settings = settings
        guardian = Guardian(settings)
        if let staleAfter = settings.staleAfter, !settings.isReadOnly {
            try Store(path: settings.store, for: .writing).setStaleAfter(staleAfter)
        }
        writer = settings.isReadOnly ? nil : try Writer(path: settings.store)
        pool = try StorePool(path: settings.store, threads: settings.readers, lockTime: settings.lockTime)
        if writer != nil { TemporaryFile.removeAbandoned(beside: settings.store) }
        files = try ThreadTeam(threads: settings.readers) { FileSeat() }
        spareMemory = SpareMemory(files)
        clock = try StorePool(path: settings.store, threads: 1, lockTime: settings.lockTime)
        merges = try ThreadTeam(threads: 2) { FileSeat() }
        events = EventHub(clock, pool)
        typedSQL = try TypedSQL(settings)
    }

    /// Answers a request; whatever goes wrong becomes an answer too.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - askForBody: tells a client that waits with its body that it is wanted.
    /// - Returns: the answer.
    func respond(to request: Request, askForBody: @escaping @Sendable () -> Void = {}) async -> Response {
        var response: Response
        do throws(Problem) {
            try guardian.check(request)
            let path = try Path(request.head.path ?? "/")
            let (route, captures) = try routes.find(request.method, path)
            if route.isOpen || guardian.isAdmitted(request) {
                response = await answer(to: Call(request, path, captures, route, self, askForBody: askForBody))
            } else {
                response = try refusal(of: request, route)
            }
        } catch {
            if MLflowAPI.isAddress(request.head.path ?? "") {
                response = MLflowError(error).response
            } else {
                response = FaultPage.isWanted(by: request) ? FaultPage.response(to: error, settings) : error.response
            }
        }
        response.headers.append(contentsOf: Self.securityHeaders)
        // Nobody is there to be told of what was given up because the client went away.
        if !Task.isCancelled { note(request, response) }
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// What somebody without the token gets: a page leads to the form, everything else is refused.
    private func refusal(of request: Request, _ route: Route) throws(Problem) -> Response {
        let isPage = request.headers[.accept]?.contains("text/html") == true
        if isPage, Guardian.isReading(request.method) { return SignIn.redirect(from: request) }
        var problem = Problem(.unauthorized, "this server asks for its token, as Authorization: Bearer TOKEN")
        problem.headers[.wwwAuthenticate] = "Bearer"
        throw problem
    }

    private func answer(to call: Call) async -> Response {
        do {
            try call.checkQuery()
            return call.route.isKept ? try await keptAnswer(to: call) : try await call.route.answer(call)
        } catch {
            if call.route.isMLflow { return MLflowError(describing: error, at: settings.store).response }
            return Problem(describing: error, at: settings.store).response
        }
    }

    /// A text that is another for another state of the store; events say of which they are.
    func version() async throws -> String { try await clock.ask { store in try store.version().text } }

    /// An answer that is found again, by us or by the browser, while what it depends on stays as it is.
    private func keptAnswer(to call: Call) async throws -> Response {
        var mark = try await call.route.mark?(call)
        if mark == nil { mark = try await version() }
        let address = call.request.head.path ?? ""
        let tag = "\"\(mark ?? "")\""
        if call.request.headers[.ifNoneMatch]?.contains(tag) == true {
            return Response(status: .notModified, headers: [.eTag: tag, .cacheControl: "no-cache"])
        }
        if let response = kept.find(address, tag) { return response }
        var response = try await call.route.answer(call)
        response.headers[.eTag] = tag
        kept.keep(response, address, tag)
        return response
    }

    /// What a browser may do with any answer.
    private static let securityHeaders: HTTPFields = [
        .contentSecurityPolicy: ContentSecurity.policy,
        .xContentTypeOptions: "nosniff",
        .referrerPolicy: "same-origin",
        .crossOriginResourcePolicy: "same-origin",
    ]

    /// Writes changes and faults into the log.
    private func note(_ request: Request, _ response: Response) {
        let isChange = request.method != .get && request.method != .head
        // MLflow's client records a value at a time: what went well is not worth a line each.
        func isTold() -> Bool { response.status.code >= 400 || !MLflowAPI.isAddress(request.head.path ?? "") }
        guard response.status.code >= 500 || isChange && isTold() else { return }
        let path = (request.head.path ?? "").prefix { $0 != "?" }
        settings.log("\(request.method) \(path.prefix(200)) \(response.status.code)")
    }

    /// Takes no more questions and changes, commits what waits, and ends.
    ///
    /// What is being asked is ended after the writer is done, which takes a second at most.
    func shutDown() async {
        await events.close()
        await files.shutDown(isHurried: true)
        await writer?.shutDown()
        await merges.shutDown(isHurried: true)
        await typedSQL.shutDown()
        await clock.shutDown()
        await pool.shutDown()
    }
}

/// What a thread that reads and writes files has of its own: nothing.
struct FileSeat: ~Copyable, Sendable {}
