import HTTPTypes
import HummingbirdCore
import Storage

extension Routes {
    /// MLflow's REST API, as its client calls it.
    ///
    /// What is not here is answered with 404 at once; see ``MLflowAPI/isAddress(_:)``.
    mutating func addMLflow() {
        addMLflowExperiments()
        addMLflowRuns()
        addMLflowRecording()
        addMLflowHistories()
        addMLflowArtifacts()
        addMLflowModels()
        for prefix in MLflowAPI.prefixes {
            addMLflow(.get, "\(prefix)/3.0/mlflow/server-info", "What the server can do.", serverInfo)
        }
        addMLflow(.get, "/version", "The version of MLflow whose API this is.", version)
    }

    /// Adds a route under both prefixes of MLflow's API.
    ///
    /// - Parameters:
    ///   - method: of the request.
    ///   - path: behind `/mlflow`, as `/runs/get`.
    ///   - summary: in one line.
    ///   - answer: what answers it.
    mutating func mlflow(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        _ answer: @escaping Route.Answer
    ) {
        for prefix in MLflowAPI.prefixes { addMLflow(method, "\(prefix)/2.0/mlflow\(path)", summary, answer) }
    }

    mutating func addMLflow(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        _ answer: @escaping Route.Answer
    ) {
        var route = Route(method: method, path: path, summary: summary, answer: answer)
        route.isMLflow = true
        add(route)
    }
}

/// What is common to all of MLflow's API.
enum MLflowAPI {
    static let prefixes = ["/api", "/ajax-api"]
    /// What its client is told, which asks for it before it traces.
    fileprivate static let version = "3.0.0"

    /// Whether an address belongs to MLflow's API, so that errors are told as its client reads them.
    static func isAddress(_ path: String) -> Bool {
        let words = path.split(separator: "/").map { $0.prefix { $0 != "?" } }
        guard let first = words.first else { return false }
        if ["get-artifact", "model-versions", "version", "graphql"].contains(first) { return true }
        guard ["api", "ajax-api"].contains(first), words.count > 1 else { return false }
        return words[1].hasSuffix(".0")
    }
}

private func serverInfo(_ call: Call) async throws -> Response {
    .json([
        "store_type": "SqlStore", "workspaces_enabled": .bool(false), "trace_archival_enabled": .bool(false),
        "multipart_uploads_enabled": .bool(false), "multipart_downloads_enabled": .bool(false),
        "presigned_upload_run_id_supported": .bool(false), "presigned_upload_model_id_supported": .bool(false),
    ])
}

private func version(_ call: Call) async throws -> Response {
    Response(MLflowAPI.version.utf8, "text/plain; charset=utf-8")
}

extension JSON {
    /// An object whose members are given where they are something: empty lists and what is not there are left out.
    static func fields(_ members: (String, JSON?)...) -> JSON { .fields(members) }

    static func fields(_ members: [(String, JSON?)]) -> JSON {
        .object(
            members.compactMap { key, value in
                guard let value, value != .null, value != .array([]) else { return nil }
                return Member(key, value)
            }
        )
    }

    /// Key and value of each entry, as MLflow lists them.
    static func entries(_ entries: [Entry]) -> JSON {
        .array(entries.map { ["key": .string($0.key), "value": .string($0.value.text)] })
    }

    static func metric(_ metric: RemoteMetric, run: String? = nil) -> JSON {
        .fields(
            ("key", .string(metric.key)),
            ("value", .real(metric.value)),
            ("timestamp", .integer(metric.timestamp)),
            ("step", .integer(metric.step)),
            ("run_id", run.map { .string($0) })
        )
    }
}
