import Foundation
import Testing

/// Files of runs at the command line.
@Suite struct ArtifactsTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    private func log(_ lines: String...) throws -> Outcome {
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: place.file("lines")))
        // Whoever reads the file finds it where the command is.
        return try place.varve(["log", "--end-of-input", "finished"], input: place.file("lines"))
    }

    private let text = Data("first\n".utf8)
    private let large = Data((0...(1 << 20)).map { UInt8(truncatingIfNeeded: $0 / 3) })

    private func fill() throws {
        try text.write(to: URL(fileURLWithPath: place.file("out.txt")))
        try large.write(to: URL(fileURLWithPath: place.file("model.bin")))
        let logged = try log(#"{"artifact": "out.txt"}"#, #"{"artifact": "model.bin", "name": "models/last.bin"}"#)
        #expect(logged.status == 0, "\(logged.error)")
    }

    @Test func `files of a run are listed, shown, and written as they were`() throws {
        try fill()
        let listed = try place.varve("artifacts", "list", "1", "--format", "json").objects()
        #expect(listed.compactMap { $0["path"] as? String } == ["models/last.bin", "out.txt"])
        #expect(listed.compactMap { $0["bytes"] as? Int } == [1 << 20 + 1, 6])
        #expect(listed.compactMap { $0["mime"] as? String } == ["application/octet-stream", "text/plain"])
        let shown = try #require(try place.varve("show", "1", "--format", "json").json() as? [String: Any])
        #expect((shown["artifacts"] as? [Any])?.count == 2)
        #expect(try place.varve("show", "1").output.contains("artifacts.models/last.bin"))
        let written = try place.varve("artifacts", "export", "1", "models/last.bin", "--output", "back.bin")
        #expect(written.status == 0, "\(written.error)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: place.file("back.bin"))) == large)
        let streamed = try place.shell(#""$0" artifacts export 1 out.txt --output /dev/stdout --quiet | cat"#)
        #expect(streamed.output == "first\n")
    }

    @Test func `what is not there, or must stay, is one line and a status`() throws {
        try fill()
        let missing = try place.varve("artifacts", "export", "1", "x", "--output", "y")
        #expect(missing.status == 66 && missing.complaints.count == 1)
        #expect(missing.error.contains("run 1 has no artifact 'x': `varve artifacts list 1` lists them"))
        let outside = try place.varve("artifacts", "export", "1", "../x", "--output", "y")
        #expect(outside.status == 65 && outside.error.contains("contains '..'"))
        #expect(try place.varve("artifacts", "export", "1", "out.txt", "--output", "out.txt").status == 73)
        #expect(try place.varve("artifacts", "export", "1", "out.txt", "--output", "out.txt", "--force").status == 0)
        let store = try place.varve("artifacts", "export", "1", "out.txt", "--output", "varve.db", "--force")
        #expect(store.status == 73)
        #expect(try place.varve("check").status == 0)
        // A store that came without its folder says what is missing.
        try FileManager.default.removeItem(atPath: place.file("varve.db.artifacts"))
        let lost = try place.varve("artifacts", "export", "1", "models/last.bin", "--output", "z")
        #expect(lost.status == 66 && lost.error.contains("copy the folder of the store's artifacts too"))
        let found = try place.varve("check")
        #expect(found.status == 1 && found.output.contains("models/last.bin"))
    }

    @Test func `a run without files has none in its JSON`() throws {
        #expect(try log(#"{"step": 0, "loss": 1}"#).status == 0)
        let shown = try #require(try place.varve("show", "1", "--format", "json").json() as? [String: Any])
        #expect(shown["artifacts"] == nil)
        #expect(try place.varve("artifacts", "list", "1", "--format", "json").objects().isEmpty)
    }
}
