import HTTPTypes
import HummingbirdCore
import NIOCore
import Questions
import Storage

extension HTTPResponse.Status {
    /// The disk is full.
    static let noRoom = HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
}

/// Why a request is not answered, as `application/problem+json` (RFC 9457) says it.
struct Problem: Error {
    let status: HTTPResponse.Status
    /// The fact in one line, without any path of this machine.
    let detail: String
    /// What belongs to the fact, for programs.
    var members: [JSON.Member] = []
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ detail: String, parameter: String? = nil) {
        self.status = status
        self.detail = detail
        if let parameter { members.append(.init("parameter", .string(parameter))) }
    }

    /// A filter, an order or a list that cannot be read, with the place: `column` counts characters from 1.
    init(_ error: FilterError, of parameter: String) {
        self.init(.badRequest, "\(error.reason): expected \(error.expected)", parameter: parameter)
        let before = String(decoding: error.text.utf8.prefix(error.offset), as: UTF8.self)
        members += [
            .init("text", .string(error.text)), .init("column", JSON(before.count + 1)),
            .init("expected", .string(error.expected)),
        ]
    }

    /// What an error is to the caller.
    ///
    /// - Parameters:
    ///   - error: the error.
    ///   - store: the path of the store, which is not told.
    init(describing error: any Error, at store: String) {
        func named(_ error: any Error) -> String { Self.withoutPath("\(error)", store) }
        switch error {
        case let error as Problem: self = error
        case let error as FilterError: self.init(error, of: "filter")
        case let error as PageFault: self.init(.badRequest, named(error))
        case let error as QuestionError: self.init(error.isMissing ? .notFound : .unprocessableContent, named(error))
        case let error as StoreError: self.init(Self.status(of: error), named(error))
        case let error as SQLiteError: self.init(error, Self.withoutPath(error.description, store))
        case let error as TeamRefusal:
            self.init(.serviceUnavailable, error.description)
            headers[.retryAfter] = "1"
        default: self.init(.internalServerError, "the request failed: \(named(error))")
        }
        if status == .serviceUnavailable, headers[.retryAfter] == nil { headers[.retryAfter] = "1" }
    }

    private init(_ error: SQLiteError, _ description: String) {
        switch error.kind {
        case .locked: self.init(.serviceUnavailable, description)
        case .deadline: self.init(.serviceUnavailable, "the answer was not found in the time that a question may take")
        case .interrupted: self.init(.serviceUnavailable, "the question was ended before it was answered")
        case .full: self.init(.noRoom, description)
        default: self.init(.internalServerError, description)
        }
    }

    private static func status(of error: StoreError) -> HTTPResponse.Status {
        switch error {
        case .ambiguousRun, .experimentExists, .experimentIsDeleted, .experimentIsActive, .runIsRunning,
            .runIsRecorded, .runIsDeleted, .runIsActive, .recordedElsewhere, .mayBeRecorded, .runOfDeletedExperiment,
            .executedRunEdited, .runGone, .experimentStays, .layersWouldBeOne:
            .conflict
        case .noStore, .emptyFile, .lost, .olderSchema: .serviceUnavailable
        default:
            switch error.code {
            case .missing: .notFound
            case .busy: .serviceUnavailable
            case .invalid: .unprocessableContent
            case .unwritable: .noRoom
            case .damaged, .altered, .newer, .cannotCreate, .unreadable: .internalServerError
            }
        }
    }

    /// A text in which the store is called by the name of its file.
    static func withoutPath(_ text: String, _ store: String) -> String {
        guard let slash = store.lastIndex(of: "/") else { return text }
        let name = String(store[store.index(after: slash)...])
        let folder = String(store[...slash])
        return text.split(separator: folder + name, omittingEmptySubsequences: false).joined(separator: name)
            .split(separator: folder, omittingEmptySubsequences: false).joined()
    }

    /// The same, for a request that is not read to its end: the connection is closed behind the answer.
    var closing: Problem {
        var problem = self
        problem.headers[.connection] = "close"
        return problem
    }

    var response: Response {
        let json = JSON.object(
            [
                .init("type", "about:blank"), .init("title", .string(status.reasonPhrase)),
                .init("status", JSON(status.code)), .init("detail", .string(detail)),
            ] + members
        )
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: json.text + "\n")))
    }
}
