import HTTPTypes
import HummingbirdCore
import NIOCore
import Storage

/// Why a request of MLflow's client is not answered, in MLflow's words: the client raises by the code, and repeats for
/// minutes what is answered with 408, 429, 500, 502, 503 or 504.
struct MLflowError: Error {
    enum Code: String {
        case invalid = "INVALID_PARAMETER_VALUE"
        case exists = "RESOURCE_ALREADY_EXISTS"
        case badRequest = "BAD_REQUEST"
        case missing = "RESOURCE_DOES_NOT_EXIST"
        case noEndpoint = "ENDPOINT_NOT_FOUND"
        case denied = "PERMISSION_DENIED"
        case unauthenticated = "UNAUTHENTICATED"
        case conflict = "RESOURCE_CONFLICT"
        case busy = "TEMPORARILY_UNAVAILABLE"
        case fault = "INTERNAL_ERROR"
        case notImplemented = "NOT_IMPLEMENTED"

        var status: HTTPResponse.Status {
            switch self {
            case .invalid, .exists, .badRequest: .badRequest
            case .missing, .noEndpoint: .notFound
            case .denied: .forbidden
            case .unauthenticated: .unauthorized
            case .conflict: .conflict
            case .busy: .serviceUnavailable
            case .fault: .internalServerError
            case .notImplemented: .notImplemented
            }
        }
    }

    let code: Code
    let message: String
    var status: HTTPResponse.Status
    var headers: HTTPFields = [:]

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
        status = code.status
    }

    static func invalid(_ message: String) -> MLflowError { MLflowError(.invalid, message) }

    static func missing(_ parameter: String) -> MLflowError {
        .invalid("Missing value for required parameter '\(parameter)'.")
    }

    /// A value that a parameter cannot have.
    static func wrong(_ value: JSON, for parameter: String, _ why: String) -> MLflowError {
        .invalid("Invalid value \(value.canonical.text) for parameter '\(parameter)' supplied: \(why)")
    }

    static func noRun(_ uuid: String) -> MLflowError { MLflowError(.missing, "Run with id=\(uuid) not found") }

    static func noExperiment(_ id: String) -> MLflowError {
        MLflowError(.missing, "No Experiment with id=\(id) exists")
    }

    /// Something that is deleted was to be written to.
    static func deleted(_ what: String, _ id: String) -> MLflowError {
        .invalid("The \(what) \(id) must be in the 'active' state. Current state is deleted.")
    }

    /// What an error is to MLflow's client.
    ///
    /// - Parameters:
    ///   - error: the error.
    ///   - store: the path of the store, which is not told.
    init(describing error: any Error, at store: String) {
        switch error {
        case let error as MLflowError: self = error
        case StoreError.badArtifactPath: self = .invalid("Invalid path")
        case let error as StoreError where error.code == .missing:
            self.init(.missing, Problem.withoutPath("\(error)", store))
        case let error as StoreError where error.code == .invalid:
            self.init(.invalid, Problem.withoutPath("\(error)", store))
        default: self.init(Problem(describing: error, at: store))
        }
    }

    /// What the server says of every request, as MLflow's client reads it.
    init(_ problem: Problem) {
        let code: Code =
            switch problem.status {
            case .unauthorized: .unauthenticated
            case .forbidden, .misdirectedRequest: .denied
            case .notFound, .methodNotAllowed: .noEndpoint
            case .conflict: .conflict
            case .serviceUnavailable: .busy
            case let status where (400..<500).contains(status.code): .badRequest
            default: .fault
            }
        self.init(code, problem.detail)
        // A full disk stays full: this is a status that the client does not repeat.
        if problem.status == .contentTooLarge || problem.status == .noRoom { status = problem.status }
        headers = problem.headers
    }

    var response: Response {
        let json = JSON.object([
            .init("error_code", .string(code.rawValue)), .init("message", .string(message)),
        ])
        var headers = headers
        headers[.contentType] = "application/json"
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: json.text)))
    }
}
