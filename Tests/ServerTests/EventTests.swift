import Storage
import Testing

@testable import Server

@Suite struct EventTests {
    private func watch(_ site: ListeningSite, _ query: String = "", _ headers: String = "") async throws -> SocketClient
    {
        let client = try site.connect()
        try await client.send("GET /api/v1/events\(query) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n")
        return client
    }

    @Test func `A run of another process is told while it grows, and its end`() async throws {
        let site = try await ListeningSite { try $0.record(1) }
        let client = try await watch(site)
        #expect(try await client.read(until: "\"newest\":1").contains("content-type: text/event-stream") == false)
        let begin = ContinuousClock.now
        let store = try Store(path: site.store, for: .writing)
        var recorder = try Recorder(store)
        let open = try recorder.start(NewRun(), layers: [])
        try recorder.log(open, step: 0, metric: "loss", 2.5)
        try recorder.flush()
        #expect(try await client.read(until: "\"loss\":2.5").contains("event: run"))
        #expect(.now - begin < .seconds(20))
        try recorder.finish(open, RunEnding(.finished))
        #expect(try await client.read(until: "\"status\":\"finished\"").contains("\"run\":2"))
        await site.server.stop()
    }

    @Test func `Who comes back is told only what is new`() async throws {
        let site = try await ListeningSite { try $0.record(2) }
        let first = try await watch(site, "?runs=1")
        let told = try await first.read(until: "event: run")
        let id = try #require(told.split(separator: "\n").first { $0.hasPrefix("id: ") }).dropFirst(4)
        let again = try await watch(site, "?runs=1", "Last-Event-ID: \(id)\r\n")
        let text = try await again.read(until: ": nothing new")
        #expect(!text.contains("event: run"))
        let stranger = try await watch(site, "?runs=1", "Last-Event-ID: before-the-server-began-anew\r\n")
        #expect(try await stranger.read(until: "event: run").contains("event: store"))
        await site.server.stop()
    }

    @Test func `An edit of a finished run is told to who lists the runs and to who looks at it`() async throws {
        let site = try await ListeningSite { try $0.record(2) }
        let client = try await watch(site, "?runs=1")
        _ = try await client.read(until: "event: run")
        let store = try Store(path: site.store, for: .writing)
        try store.tag([1], with: [(key: "note", value: "looked at")])
        #expect(try await client.read(until: "looked at").contains("event: store"))
        await site.server.stop()
    }

    @Test func `What cannot be watched is refused`() async throws {
        let site = try await ListeningSite()
        #expect(try await site.send("GET", "/api/v1/events?runs=x").hasPrefix("HTTP/1.1 400"))
        let many = (1...201).map(String.init).joined(separator: ",")
        #expect(try await site.send("GET", "/api/v1/events?runs=\(many)").hasPrefix("HTTP/1.1 400"))
        await site.server.stop()
    }
}
