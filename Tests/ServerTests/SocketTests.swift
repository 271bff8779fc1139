import Foundation
import Storage
import TestSupport
import Testing

@testable import Server

@Suite struct SocketTests {
    @Test func `Requests follow each other on one connection`() async throws {
        let site = try await ListeningSite { try $0.record(1) }
        let client = try site.connect()
        for _ in 0..<3 {
            try await client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try await client.read(until: "\"ok\"}\n").hasPrefix("HTTP/1.1 200"))
        }
        try await client.send(
            "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /api/v1/runs/1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
        )
        #expect(try await client.read(until: "\"edits\":[]}\n").contains("\"ok\"}\nHTTP/1.1 200"))
        await site.server.stop()
    }

    @Test func `A client of HTTP 1.0 gets its answer and the end of the connection`() async throws {
        let site = try await ListeningSite()
        let client = try site.connect()
        try await client.send("GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n")
        #expect(try await client.readToEnd().hasSuffix("{\"status\":\"ok\"}\n"))
        await site.server.stop()
    }

    @Test func `HEAD gives the header of GET and no body`() async throws {
        let site = try await ListeningSite { try $0.record(1) }
        let answer = try await site.send("HEAD", "/api/v1/runs")
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        #expect(answer.hasSuffix("\r\n\r\n"))
        #expect(!answer.contains("Content-Length: 0"))
        await site.server.stop()
    }

    @Test func `A header that is too large, and what is no HTTP, is refused and the connection ends`() async throws {
        let site = try await ListeningSite()
        let large = try await site.send("GET", "/health", ["X-Large: " + String(repeating: "a", count: 20_000)])
        #expect(large.hasPrefix("HTTP/1.1 431"))
        let many = try await site.send("GET", "/health", (0..<200).map { "X-\($0): a" })
        #expect(many.hasPrefix("HTTP/1.1 431"))
        let client = try site.connect()
        try await client.send("\u{16}\u{3}\u{1} nonsense\r\n\r\n")
        #expect(try await client.readToEnd().hasPrefix("HTTP/1.1 400"))
        await site.server.stop()
    }

    @Test func `A body that is too large is refused before it has come`() async throws {
        let site = try await ListeningSite { try $0.record(1) }
        let client = try site.connect()
        try await client.send(
            "PATCH /api/v1/runs/1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{"
        )
        let answer = try await client.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 413"))
        #expect(answer.contains("Connection: close"))
        await site.server.stop()
    }

    @Test func `A client that waits with its body is told to send it, and of a refusal before it has`() async throws {
        let site = try await ListeningSite { try $0.record(1) }
        let head = { (length: Int) in
            "PATCH /api/v1/runs/1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
                + "Content-Length: \(length)\r\n\r\n"
        }
        let client = try site.connect()
        for note in ["first", "second"] {
            let body = "{\"note\":\"\(note)\"}"
            try await client.send(head(body.utf8.count))
            #expect(try await client.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send(body)
            #expect(try await client.read(until: "\"\(note)\"").hasPrefix("HTTP/1.1 200"))
        }
        let refused = try site.connect()
        try await refused.send(head(99_999_999))
        let answer = try await refused.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 413") && answer.contains("Connection: close"))
        let unknown = try site.connect()
        try await unknown.send(
            "PUT /nowhere HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
        )
        let missing = try await unknown.readToEnd()
        #expect(missing.hasPrefix("HTTP/1.1 404") && missing.contains("Connection: close"))
        await site.server.stop()
    }

    @Test func `What a client asked ends when it goes away`() async throws {
        let folder = try TemporaryFolder()
        let (pipe, command) = (folder.file("pipe"), folder.file("command"))
        mkfifo(pipe, 0o600)
        // Whoever reads the pipe sees its end when this is killed.
        try "#!/bin/sh\nexec 3>'\(pipe)'\necho begun >&3\nexec sleep 600\n".write(
            toFile: command,
            atomically: true,
            encoding: .utf8
        )
        chmod(command, 0o700)
        let site = try await ListeningSite(settings: {
            $0.command = command
            $0.sqlTime = .seconds(600)
            $0.limits.goneTime = .milliseconds(50)
        })
        let client = try site.connect()
        let body = "{\"statement\":\"SELECT 1\"}"
        try await client.send(
            "POST /api/v1/sql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
        let said = try await waiting { () throws -> (String?, String?) in
            guard let file = fopen(pipe, "r") else { throw SocketClient.Failure(what: "no pipe") }
            defer { fclose(file) }
            var buffer = [CChar](repeating: 0, count: 100)
            let first = fgets(&buffer, 100, file).map { String(cString: $0) }
            client.hangUp()
            return (first, fgets(&buffer, 100, file).map { String(cString: $0) })
        }
        #expect(said.0 == "begun\n" && said.1 == nil)
        await site.server.stop()
    }

    @Test func `Who sends header or body too slowly is let go`() async throws {
        let site = try await ListeningSite {
            try $0.record(1)
        } settings: {
            $0.limits.headerTime = .milliseconds(300)
            $0.limits.bodyTime = .milliseconds(300)
            $0.limits.tick = .milliseconds(50)
        }
        let silent = try site.connect()
        let header = try site.connect()
        try await header.send("GET /health HTTP/1.1\r\nHost: local")
        let body = try site.connect()
        try await body.send(
            "PATCH /api/v1/runs/1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"
        )
        #expect(try await silent.readToEnd().hasPrefix("HTTP/1.1 408"))
        #expect(try await header.readToEnd().hasPrefix("HTTP/1.1 408"))
        #expect(try await body.readToEnd().hasPrefix("HTTP/1.1 408"))
        #expect(try await site.send("GET", "/health").hasPrefix("HTTP/1.1 200"))
        await site.server.stop()
    }

    @Test func `The server ends soon, whatever its clients are doing`() async throws {
        let site = try await ListeningSite { try $0.record(1) }
        let idle = try site.connect()
        try await idle.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _ = try await idle.read(until: "\"ok\"}\n")
        let half = try site.connect()
        try await half.send("PATCH /api/v1/runs/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        let watching = try site.connect()
        try await watching.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _ = try await watching.read(until: "event: store")
        let begin = ContinuousClock.now
        await site.server.stop()
        #expect(.now - begin < .seconds(20))
        #expect(try await watching.readToEnd().contains("0\r\n\r\n"))
        _ = try await idle.readToEnd()
        _ = try await half.readToEnd()
    }

    @Test func `A taken port is told as that`() async throws {
        let site = try await ListeningSite()
        var settings = ServerSettings(store: site.folder.file("other.db"))
        settings.port = site.port
        let second = try WebServer(settings)
        await #expect(throws: ServerError.portTaken(host: "127.0.0.1", port: site.port)) { try await second.start() }
        await site.server.stop()
    }
}
