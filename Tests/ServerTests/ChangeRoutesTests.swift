import HTTPTypes
import Questions
import Storage
import TestSupport
import Testing

@testable import Server

@Suite struct ChangeRoutesTests {
    private let json: HTTPFields = [.contentType: "application/json"]

    @Test func `Tags, note, name and experiment change together, and the run is given back`() async throws {
        let site = try TestSite { try $0.record(2) }
        let body = #"{"tags":{"best":"yes","draft":null},"note":"<b>drifts</b>","name":"first","experiment":"depth"}"#
        let answer = try await site.send(.patch, "/api/v1/runs/1", json, body: body)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.text == (try WholeRun("1", in: site.open())).record.json.text + "\n")
        let run = try answer.json()
        #expect(run["tags"]["best"] == "yes")
        #expect(run["tags"]["note"] == "<b>drifts</b>")
        #expect(run["name"] == "first")
        #expect(run["experiment"] == "depth")
    }

    @Test func `A change that cannot be made changes nothing at all`() async throws {
        let site = try TestSite { try $0.record(1) }
        for body in [
            #"{"name":"x","tags":{"varve.own":"y"}}"#, #"{"name":"x","tags":{"":"y"}}"#, #"{"name":"x","seed":3}"#,
            #"{"name":"x","tags":{"a":[1]}}"#, "{}", "[]", "{\"name\":", "",
        ] {
            let answer = try await site.send(.patch, "/api/v1/runs/1", json, body: body)
            #expect([400, 422].contains(answer.status), "\(body): \(answer.text)")
        }
        #expect(try await site.get("/api/v1/runs/1").json()["name"] == .null)
        #expect(try await site.send(.patch, "/api/v1/runs/9", json, body: #"{"note":"x"}"#).status == 404)
    }

    @Test func `A run is deleted and restored, as the command line says it`() async throws {
        let site = try TestSite { try $0.record(2) }
        let deleted = try await site.send(.delete, "/api/v1/runs/1")
        #expect(deleted.status == 200)
        #expect(try deleted.json()[0]["lifecycle"] == "deleted")
        #expect(try await site.get("/api/v1/runs").json().count == 1)
        #expect(try await site.get("/api/v1/runs?deleted").json().count == 1)
        #expect(try await site.send(.delete, "/api/v1/runs/1").text == "[]\n")
        let restored = try await site.send(.post, "/api/v1/runs/1/restore")
        #expect(try restored.json()[0]["lifecycle"] == "active")
        #expect(try await site.get("/api/v1/runs").json().count == 2)
    }

    @Test func `A server that only reads refuses changes and does not make a store`() async throws {
        let site = try TestSite {
            try $0.record(1)
        } settings: {
            $0.isReadOnly = true
        }
        #expect(try await site.get("/api/v1/runs/1").status == 200)
        #expect(try await site.send(.patch, "/api/v1/runs/1", json, body: #"{"note":"x"}"#).status == 403)
        #expect(try await site.send(.delete, "/api/v1/runs/1").status == 403)
        var settings = ServerSettings(store: site.folder.file("other.db"))
        settings.isReadOnly = true
        #expect(throws: StoreError.noStore(path: settings.store)) { try Application(settings) }
    }

    @Test func `Many write and others read at once, and nothing is lost`() async throws {
        let site = try TestSite { try $0.record(64) }
        let slowest = try await withThrowingTaskGroup(of: Duration.self) { group in
            for client in 1...64 {
                group.addTask { [json] in
                    var slowest = Duration.zero
                    for round in 0..<4 {
                        let begin = ContinuousClock.now
                        let answer = try await site.send(
                            .patch,
                            "/api/v1/runs/\(client)",
                            json,
                            body: "{\"tags\":{\"round\(round)\":\"\(client)\"}}"
                        )
                        #expect(answer.status == 200)
                        slowest = max(slowest, .now - begin)
                    }
                    return slowest
                }
            }
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<4 {
                        let answer = try await site.get("/api/v1/runs?limit=5")
                        #expect(answer.status == 200)
                    }
                    return .zero
                }
            }
            return try await group.reduce(.zero, max)
        }
        let store = try site.open()
        for run in 1...64 {
            let tags = try store.tags(of: Int64(run)).filter { $0.key.hasPrefix("round") }
            #expect(tags.count == 4)
        }
        #expect(slowest < .seconds(20))
    }
}
