import HTTPTypes
import HummingbirdCore
import NIOCore
import Questions
import Storage

extension Response {
    /// An answer with a body.
    init(_ bytes: some Collection<UInt8>, _ type: String, headers: HTTPFields = [:]) {
        var headers = headers
        headers[.contentType] = type
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-cache" }
        self.init(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// JSON on one line, as the command line writes it.
    static func json(_ json: JSON) -> Response {
        var bytes: [UInt8] = []
        json.write(to: &bytes)
        bytes.append(10)
        return Response(bytes, "application/json")
    }

    /// A page.
    static func html(_ text: String) -> Response { Response(text.utf8, "text/html; charset=utf-8") }
}

/// A list as the command line writes it, one thing a line.
struct JSONList: Sendable {
    private var bytes: [UInt8] = []
    private(set) var count = 0

    mutating func append(_ json: JSON) {
        bytes += (count == 0 ? "[" : ",\n ").utf8
        json.write(to: &bytes)
        count += 1
    }

    init() {}

    init(_ items: [some Recordable]) { for item in items { append(item.record.json) } }

    /// The whole list as an answer.
    func response(_ headers: HTTPFields = [:]) -> Response {
        Response(bytes + (count == 0 ? "[]\n" : "]\n").utf8, "application/json", headers: headers)
    }
}
