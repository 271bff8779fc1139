import Glibc
import Storage
import TestSupport

@testable import Server

/// A server that listens, and its store.
final class ListeningSite: Sendable {
    let folder: TemporaryFolder
    let server: WebServer
    let port: Int

    var store: String { folder.file("varve.db") }

    init(
        _ record: (Store) throws -> Void = { _ in },
        settings change: (inout ServerSettings) -> Void = { _ in }
    ) async throws {
        folder = try TemporaryFolder()
        var settings = ServerSettings(store: folder.file("varve.db"))
        settings.port = 0
        change(&settings)
        try record(try Store(path: settings.store, for: .writing))
        server = try WebServer(settings)
        port = try await server.start()
    }

    func connect() throws -> SocketClient { try SocketClient(port: port) }

    /// Sends a request on a connection of its own.
    func send(_ method: String, _ path: String, _ headers: [String] = [], body: String = "") async throws -> String {
        let lines =
            ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close"] + headers
            + (body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"])
        let client = try connect()
        try await client.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
        return try await client.readToEnd()
    }
}

/// A client that can be slow and rude.
final class SocketClient: Sendable {
    private let descriptor: Int32

    struct Failure: Error { let what: String }

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(what: "connect: \(errno)") }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// Goes away without a word.
    func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func send(_ text: String) async throws {
        try await waiting { [descriptor] in
            let bytes = Array(text.utf8)
            guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
                throw Failure(what: "send: \(errno)")
            }
        }
    }

    /// What the server sends until it closes the connection.
    func readToEnd() async throws -> String { try await read { _ in false } }

    /// What the server sends until a text has come.
    func read(until text: String) async throws -> String { try await read { $0.contains(text) } }

    private func read(_ isEnough: @escaping @Sendable (String) -> Bool) async throws -> String {
        try await waiting { [descriptor] in
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count >= 0 else {
                    // A connection that is reset is closed, too.
                    if errno == ECONNRESET { break }
                    throw Failure(
                        what: "nothing came in time; before: \(String(decoding: bytes.suffix(500), as: UTF8.self))"
                    )
                }
                guard count > 0 else { break }
                bytes += buffer[..<count]
                if isEnough(String(decoding: bytes, as: UTF8.self)) { break }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

/// Waits for something on a thread of its own: a task would hold one that the server needs.
func waiting<Answer: Sendable>(_ body: @escaping @Sendable () throws -> Answer) async throws -> Answer {
    try await withCheckedThrowingContinuation { continuation in
        do {
            pthread_detach(try startThread { continuation.resume(with: Result { try body() }) })
        } catch {
            continuation.resume(throwing: error)
        }
    }
}
