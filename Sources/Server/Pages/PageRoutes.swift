import HTTPTypes
import HummingbirdCore
import NIOCore
import Storage

extension Routes {
    /// The pages.
    mutating func addPages() {
        page("/", "The list of runs.") { _, query, store in try RunsPage.page(query, in: store) }
        page("/columns", "All columns that the list of runs could have.") { _, query, store in
            ColumnsPage.page(query, in: store)
        }
        page("/runs/{run}", "One run whole.") { run, query, store in try RunPage.page(run, query, in: store) }
        page("/compare", "Groups of runs side by side.") { _, query, store in try ComparePage.page(query, in: store) }
        page("/curves", "Metrics and layers by step.") { _, query, store in try CurvesPage.page(query, in: store) }
        page("/diff", "Two runs, fact by fact.") { _, query, store in try DiffPage.page(query, in: store) }
        page("/history", "A layer or a metric through the runs.") { _, query, store in
            try HistoryPage.page(query, in: store)
        }
        page("/info", "The store itself.") { _, _, store in try InfoPage.page(in: store) }
        add(
            Route(method: .get, path: "/runs.csv", summary: "The list of runs as a file.", isPage: true) { call in
                let query = PageQuery(call.path.query)
                let text = try await call.ask { store in try RunsDownload.csv(query, in: store) }
                return Response(text.utf8, "text/csv; charset=utf-8")
            }
        )
        add(
            Route(method: .get, path: "/sql", summary: "A console that only reads.", isPage: true) { call in
                let settings = call.application.settings
                let statement = PageQuery(call.path.query)["query"]
                var answer: Result<JSON, any Error>?
                if let statement {
                    do {
                        let bytes = try await call.application.typedSQL.answer(statement, format: "json")
                        answer = .success(try JSON(scanning: bytes.span))
                    } catch {
                        answer = .failure(PageFault(Problem(describing: error, at: settings.store).detail))
                    }
                }
                return SQLPage.page(statement, answer, path: settings.store).response(settings)
            }
        )
    }

    /// Adds a page; what goes wrong while it is made is a page too.
    private mutating func page(
        _ path: String,
        _ summary: String,
        _ make: @escaping @Sendable (_ run: String, PageQuery, Store) throws -> Page
    ) {
        add(
            Route(method: .get, path: path, summary: summary, isPage: true) { call in
                let (run, query) = (call.word("run"), PageQuery(call.path.query))
                let settings = call.application.settings
                do {
                    let version = try await call.application.version()
                    var page = try await call.ask { store in try make(run, query, store) }
                    page.version = version
                    return page.response(settings)
                } catch {
                    return FaultPage.response(to: error, settings)
                }
            }
        )
    }
}

extension Page {
    func response(_ settings: ServerSettings) -> Response {
        var response = Response.html(document(of: settings.store, isReadOnly: settings.isReadOnly))
        response.status = HTTPResponse.Status(code: status)
        if retries { response.headers[.refresh] = "3" }
        return response
    }
}

extension FaultPage {
    /// Whether whoever asks wants to read what is wrong, and not to have a program read it.
    static func isWanted(by request: Request) -> Bool {
        request.headers[.accept]?.contains("text/html") == true && !(request.head.path ?? "").hasPrefix("/api/")
    }

    static func response(to error: any Error, _ settings: ServerSettings) -> Response {
        let problem = Problem(describing: error, at: settings.store)
        let page = page(error, problem, path: settings.store)
        var response = page.response(settings)
        response.headers.append(contentsOf: problem.headers)
        response.headers[.cacheControl] = "no-store"
        return response
    }
}
