import HTTPTypes
import Questions
import Storage
import TestSupport
import Testing

@testable import Server

@Suite struct RunRoutesTests {
    @Test func `The list of runs is that of the command line, to the byte`() async throws {
        let site = try TestSite { try $0.record(3) }
        let answer = try await site.get("/api/v1/runs")
        var records: [String] = []
        let store = try site.open()
        try RunList().forEach(in: store) { run in
            records.append(try RunAnswer(run, store, with: .none).record.json.text)
        }
        #expect(answer.text == "[" + records.joined(separator: ",\n ") + "]\n")
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.headers[.link] == nil)
    }

    @Test func `Pages are followed by their links to the end, and each run comes once`() async throws {
        let site = try TestSite { try $0.record(7) }
        var path: String? = "/api/v1/runs?sort=seed&limit=3"
        var runs: [JSON] = []
        var pages = 0
        while let next = path {
            let answer = try await site.get(next)
            let list = try answer.json()
            runs += (0..<list.count).map { list[$0]["run"] }
            pages += 1
            path = answer.headers[.link].map { String($0.dropFirst().prefix { $0 != ">" }) }
        }
        #expect(pages == 3)
        #expect(runs.count == 7)
        #expect(Set(runs.map(\.text)).count == 7)
    }

    @Test func `One run is answered whole, by number and by uuid`() async throws {
        let site = try TestSite { try $0.record(2) }
        let store = try site.open()
        let expected = try WholeRun("2", in: store).record.json.text + "\n"
        #expect(try await site.get("/api/v1/runs/2").text == expected)
        let uuid = try #require(try store.run(number: 2)).uuid
        #expect(try await site.get("/api/v1/runs/\(uuid.prefix(8))").text == expected)
    }

    @Test func `Names that look alike are two`() async throws {
        let (one, two) = ("\u{E9}", "e\u{301}")
        let site = try TestSite { store in
            var recorder = try Recorder(store)
            var run = NewRun()
            (run.params, run.tags) = ([(one, .integer(1)), (two, .integer(2))], [(one, "x"), (two, "y")])
            let open = try recorder.start(run, layers: [])
            for (name, value) in [(one, 1.0), (two, 100)] { try recorder.log(open, step: 0, metric: name, value) }
            try recorder.finish(open, RunEnding(.finished))
        }
        let encoded = [one, two].map { PageQuery.encoded($0) }
        let metrics = try await site.get("/api/v1/runs/1/metrics?key=\(encoded[1])").json()
        #expect(metrics.count == 1)
        #expect(metrics[0]["greatest"] == .integer(100))
        let page = try await site.get("/?columns=params.\(encoded[0]),params.\(encoded[1]),metrics.\(encoded[1])").text
        for value in [">1<", ">2<", ">100<"] { #expect(page.contains(value), "\(value)") }
        let change = "{\"tags\": {\"\(one)\": \"new\", \"\(two)\": \"newer\"}}"
        let json: HTTPFields = [.contentType: "application/json"]
        #expect(try await site.send(.patch, "/api/v1/runs/1", json, body: change).status == 200)
        let tags = try site.open().tags(of: 1)
        #expect(Set(tags.map { ExactText($0.value.text) }) == [ExactText("new"), ExactText("newer")])
    }

    @Test func `A filter that cannot be read is refused with its place`() async throws {
        let site = try TestSite { try $0.record(1) }
        let answer = try await site.get("/api/v1/runs?filter=seed+%3D%3D+1")
        #expect(answer.status == 400)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(try answer.json()["parameter"] == "filter")
        #expect(try answer.json()["column"] == .integer(7))
    }

    @Test func `What is not there, not known or not allowed has its status`() async throws {
        let site = try TestSite { try $0.record(1) }
        #expect(try await site.get("/api/v1/runs/99").status == 404)
        #expect(try await site.get("/nothing").status == 404)
        #expect(try await site.get("/api/v1/runs?fitler=x").status == 400)
        #expect(try await site.get("/api/v1/runs?limit=-1").status == 400)
        #expect(try await site.get("/api/v1/runs?sort=metrics.nothing").status == 404)
        let answer = try await site.send(.put, "/api/v1/runs/1")
        #expect(answer.status == 405)
        #expect(answer.headers[.allow]?.contains("GET") == true)
    }

    @Test func `An error tells no path of the machine`() async throws {
        let site = try TestSite { try $0.record(1) }
        for path in ["/api/v1/runs/99", "/api/v1/runs?sort=metrics.nothing", "/%00", "/api/v1/runs?filter=%ff"] {
            let answer = try await site.get(path)
            #expect(answer.status >= 400)
            #expect(!answer.text.contains(site.folder.path), "\(answer.text)")
        }
    }
}
