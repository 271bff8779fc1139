import HTTPTypes
import HummingbirdCore

/// What is answered at one path by one method.
struct Route: Sendable {
    typealias Answer = @Sendable (Call) async throws -> Response

    let method: HTTPRequest.Method
    /// As `/api/v1/runs/{run}`; `{path...}` stands for all words that follow.
    let path: String
    /// In one line, for the description of the API.
    let summary: String
    /// What may stand behind the question mark.
    var parameters: [Parameter] = []
    /// What an answer is.
    var gives = Schema.anything
    /// What the body of the request is; nil where there is none.
    var takesBody: Schema?
    /// Whether the answer only changes when the store does, so that it can be kept.
    var isKept = false
    /// Of an answer that is kept, a text that is another whenever the answer could be; the store's version stands for nil.
    var mark: (@Sendable (Call) async throws -> String?)?
    /// Whether no token is asked for.
    var isOpen = false
    /// Whether it is for people: a page is no part of the API, and passes over what it does not know in its address.
    var isPage = false
    /// Whether it belongs to MLflow's API: parameters that it does not know are passed over, and errors are told in
    /// MLflow's words.
    var isMLflow = false
    let answer: Answer
}

/// All that is answered, as a table of contents: each subject adds its own in a file of its own.
struct Routes: Sendable {
    /// What is behind one word of a path.
    private struct Node: Sendable {
        var words: [String: Node] = [:]
        /// Behind `{name}`, which stands for any word.
        var capture = Branch.none
        /// Behind `{name...}`, which stands for all words that follow.
        var rest = Branch.none
        var routes: [HTTPRequest.Method: Route] = [:]

        mutating func add(_ route: Route, at path: ArraySlice<Substring>) {
            guard let word = path.first else {
                routes[route.method] = route
                return
            }
            let next = path.dropFirst()
            if word.hasPrefix("{"), word.hasSuffix("...}") {
                rest.add(route, at: next, named: word.dropFirst().dropLast(4))
            } else if word.hasPrefix("{") {
                capture.add(route, at: next, named: word.dropFirst().dropLast())
            } else {
                words[String(word), default: Node()].add(route, at: next)
            }
        }
    }

    private indirect enum Branch: Sendable {
        case none
        case named(String, Node)

        mutating func add(_ route: Route, at path: ArraySlice<Substring>, named name: Substring) {
            var (name, node) =
                if case .named(let name, let node) = self { (name, node) } else { (String(name), Node()) }
            node.add(route, at: path)
            self = .named(name, node)
        }
    }

    private var root = Node()
    /// In the order they were added.
    private(set) var all: [Route] = []

    /// Everything that the server answers.
    static func all() -> Routes {
        var routes = Routes()
        routes.addHealth()
        routes.addRuns()
        routes.addArtifacts()
        routes.addQuestions()
        routes.addPlots()
        routes.addStore()
        routes.addChanges()
        routes.addCollector()
        routes.addSQL()
        routes.addEvents()
        routes.addDescription()
        routes.addMLflow()
        routes.addAssets()
        routes.addSignIn()
        routes.addPages()
        routes.addPictures()
        return routes
    }

    mutating func get(
        _ path: String,
        _ summary: String,
        takes parameters: [Parameter] = [],
        gives: Schema = .anything,
        isKept: Bool? = nil,
        isOpen: Bool = false,
        mark: (@Sendable (Call) async throws -> String?)? = nil,
        _ answer: @escaping Route.Answer
    ) {
        add(
            Route(
                method: .get,
                path: path,
                summary: summary,
                parameters: parameters,
                gives: gives,
                isKept: isKept ?? path.hasPrefix("/api/v1/"),
                mark: mark,
                isOpen: isOpen,
                answer: answer
            )
        )
    }

    mutating func post(
        _ path: String,
        _ summary: String,
        takesBody: Schema? = nil,
        gives: Schema = .anything,
        isOpen: Bool = false,
        _ answer: @escaping Route.Answer
    ) {
        add(
            Route(
                method: .post,
                path: path,
                summary: summary,
                gives: gives,
                takesBody: takesBody,
                isOpen: isOpen,
                answer: answer
            )
        )
    }

    /// Adds a route of any method.
    mutating func add(_ route: Route) {
        root.add(route, at: route.path.split(separator: "/")[...])
        all.append(route)
    }

    /// The route of a request, and the words of the path that it names.
    ///
    /// - Throws: ``Problem`` where nothing is there, or nothing for the method.
    func find(
        _ method: HTTPRequest.Method,
        _ path: Path
    ) throws(Problem) -> (route: Route, captures: [String: String]) {
        var captures: [String: String] = [:]
        guard let node = Self.descend(root, path.words[...], &captures) else {
            throw Problem(.notFound, "there is nothing at this address")
        }
        if let route = node.routes[method == .head ? .get : method] { return (route, captures) }
        var allowed = node.routes.keys.map(\.rawValue)
        if allowed.contains("GET") { allowed.append("HEAD") }
        var problem = Problem(.methodNotAllowed, "\(method.rawValue) is not answered at this address")
        problem.headers[.allow] = allowed.sorted().joined(separator: ", ")
        throw problem
    }

    private static func descend(_ node: Node, _ words: ArraySlice<String>, _ captures: inout [String: String]) -> Node?
    {
        guard let word = words.first else { return node.routes.isEmpty ? nil : node }
        if let next = node.words[word], let found = descend(next, words.dropFirst(), &captures) { return found }
        if case .named(let name, let next) = node.capture, !word.isEmpty {
            if let found = descend(next, words.dropFirst(), &captures) {
                captures[name] = word
                return found
            }
        }
        if case .named(let name, let next) = node.rest {
            captures[name] = words.joined(separator: "/")
            return next
        }
        return nil
    }
}
