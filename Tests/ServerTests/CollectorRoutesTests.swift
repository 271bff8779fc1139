import Foundation
import HTTPTypes
import Questions
import TestSupport
import Testing

@testable import Server
@testable import Storage

/// What the server takes from whoever has runs.
@Suite struct CollectorRoutesTests {
    private let json: HTTPFields = [.contentType: "application/json"]

    /// The bytes of a store.
    private func bytes(_ fill: (Store) throws -> Void) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let path = folder.file("sent.db")
        try {
            let store = try Store(path: path, for: .writing)
            try fill(store)
            try store.synchronize()
        }()
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test func `a store that is sent is merged, and sent again changes nothing`() async throws {
        let site = try TestSite()
        let sent = try bytes { try $0.record(4) }
        let answer = try await site.send(.put, "/api/v1/merge", bytes: sent)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try answer.json()["runs"].count == 4)
        #expect(try answer.json()["runs"][0]["result"] == "added")
        let again = try await site.send(.put, "/api/v1/merge", bytes: sent)
        #expect(try again.json()["runs"][3]["result"] == "present")
        #expect(try site.open().run("4").seed == 1)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: site.folder.path).filter { $0.hasPrefix(".") } == []
        )
    }

    @Test func `a large store is merged in parts, and is then what it was`() async throws {
        let site = try TestSite()
        let folder = try TemporaryFolder()
        let source = try Store(path: folder.file("large.db"), for: .writing)
        try source.record(3)
        var recorder = try Recorder(source)
        let layer = LayerPlace(name: "a", position: 0, measure: "unknown")
        let run = try recorder.start(NewRun(), layers: [layer])
        for step in 0..<90_000 { try recorder.log(run, step: step, variances: [Float(step)]) }
        try recorder.finish(run, RunEnding(.finished, steps: 90_000))
        try source.synchronize()
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder.file("large.db"))))
        let answer = try await site.send(.put, "/api/v1/merge", bytes: bytes)
        #expect(answer.status == 200, "\(answer.text.prefix(300))")
        #expect(try (0..<4).allSatisfy { try answer.json()["runs"][$0]["result"] == "added" })
        #expect(try site.open().content() == source.content())
        #expect(try isSound(site.store))
    }

    @Test func `what is no sound store is refused, and nothing of this machine is told`() async throws {
        let site = try TestSite { try $0.record(1) }
        let before = try site.open().content()
        let whole = try bytes { try $0.record(2) }
        let altered = try bytes { store in
            try store.record(2)
            try store.connection.execute("UPDATE layer_variances SET variance = 9 WHERE run_id = 1")
        }
        let triggered = try bytes { store in
            try store.record(1)
            try store.connection.execute("CREATE TRIGGER t AFTER INSERT ON tags BEGIN DELETE FROM runs; END")
        }
        var bodies: [[UInt8]] = [[], Array("not a store".utf8), altered, triggered]
        for end in [1, 100, 4096, whole.count / 4, whole.count / 2] { bodies.append(Array(whole[..<end])) }
        var scratched = whole
        for place in stride(from: 100, to: scratched.count, by: 997) { scratched[place] ^= 0x55 }
        bodies.append(scratched)
        for body in bodies {
            let answer = try await site.send(.put, "/api/v1/merge", bytes: body)
            #expect(answer.status == 422, "\(body.count): \(answer.text)")
            #expect(answer.headers[.contentType] == "application/problem+json")
            #expect(!answer.text.contains(site.folder.path) && !answer.text.contains(".varve-"), "\(answer.text)")
        }
        #expect(try site.open().content() == before)
        #expect(try isSound(site.store))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: site.folder.path).filter { $0.hasPrefix(".") } == []
        )
    }

    @Test func `the content of an artifact is kept by its digest, and by no other`() async throws {
        let site = try TestSite()
        for count in [0, 5, 3 << 20] {
            let bytes = [UInt8](repeating: 7, count: count)
            let digest = Digest.sha256(bytes)
            for _ in 0..<2 {
                let answer = try await site.send(.put, "/api/v1/artifacts/\(digest)", bytes: bytes)
                #expect(answer.status == 200 && answer.text == "{\"digest\":\"\(digest)\",\"bytes\":\(count)}\n")
            }
            let question = "{\"digests\":[\"\(digest)\"]}"
            let known = try await site.send(.post, "/api/v1/merge/known", json, body: question).json()
            #expect(known["digests"].count == 1)
        }
        let other = String(repeating: "0", count: 64)
        #expect(try await site.send(.put, "/api/v1/artifacts/\(other)", bytes: [1]).status == 422)
        for name in ["x", "../../etc/passwd", String(repeating: "A", count: 64)] {
            #expect([400, 404].contains(try await site.send(.put, "/api/v1/artifacts/\(name)", bytes: [1]).status))
        }
    }

    @Test func `what is known is answered as described, and questions that are none are refused`() async throws {
        let site = try TestSite { try $0.record(2) }
        let uuid = try site.open().run("2").uuid
        let none = String(repeating: "0", count: 32)
        let question = "{\"runs\":[\"\(uuid)\",\"\(none)\"],\"latest\":true}"
        let answer = try await site.send(.post, "/api/v1/merge/known", json, body: question)
        #expect(answer.status == 200, "\(answer.text)")
        let known = try answer.json()
        #expect(known["runs"].count == 1)
        #expect(known["runs"][0]["last_step"] == .integer(2))
        #expect(known["runs"][0]["layers"].count == 2 && known["runs"][0]["metrics"].count == 1)
        let state = try #require(RunState(known["runs"][0]))
        #expect(try state == site.open().state(ofRun: uuid, hasLatest: true))
        for body in [
            "", "[]", "{\"runs\":1}", "{\"runs\":[\"x\"]}", "{\"x\":[]}", "{\"latest\":1}", "{\"digests\":[1]}",
        ] {
            let answer = try await site.send(.post, "/api/v1/merge/known", json, body: body)
            #expect(answer.status == 400, "\(body)")
        }
    }

    @Test func `a server that only shows, or asks for a token, takes nothing`() async throws {
        let word = "0123456789abcdef0123456789abcdef"
        let sent = try bytes { try $0.record(1) }
        let digest = Digest.sha256([1])
        let shown = try TestSite { _ in
        } settings: {
            $0.isReadOnly = true
        }
        let guarded = try TestSite { _ in
        } settings: {
            $0.token = AccessToken(word)
        }
        for (path, body) in [("/api/v1/merge", sent), ("/api/v1/artifacts/\(digest)", [1])] {
            #expect(try await shown.send(.put, path, bytes: body).status == 403)
            #expect(try await guarded.send(.put, path, bytes: body).status == 401)
            let origin = try await guarded.send(
                .put,
                path,
                [.authorization: "Bearer \(word)", .origin: "http://evil.example"],
                bytes: body
            )
            #expect(origin.status == 403)
            #expect(try await guarded.send(.put, path, [.authorization: "Bearer \(word)"], bytes: body).status == 200)
        }
        #expect(try await guarded.send(.post, "/api/v1/merge/known", json, body: "{}").status == 401)
        #expect(try shown.open().content().isEmpty)
        let small = try TestSite { _ in
        } settings: {
            $0.maximumUpload = 1000
        }
        #expect(try await small.send(.put, "/api/v1/merge", bytes: sent).status == 413)
    }
}
