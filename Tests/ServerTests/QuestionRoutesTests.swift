import Analysis
import HTTPTypes
import HummingbirdCore
import Questions
import Storage
import Testing

@testable import Server

/// The answers are the records of the questions, as the command line writes them.
@Suite struct QuestionRoutesTests {
    let site: TestSite

    init() throws { site = try TestSite { try $0.record(12) } }

    private func expect(_ path: String, _ record: (Store) throws -> Record) async throws {
        let answer = try await site.get(path)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.text == (try record(try site.open())).json.text + "\n")
    }

    @Test func `Comparisons, differences, profiles and curves are those of the questions`() async throws {
        try await expect("/api/v1/compare?group=plain&group=batchnorm") {
            try Comparison(ComparisonQuestion(.words(["plain", "batchnorm"])), in: $0).record
        }
        try await expect("/api/v1/compare?by=architecture&step=1&metric=none&unpaired") { store in
            var question = ComparisonQuestion(.values(.architecture, of: nil, baseline: nil))
            question.step = .number(1)
            question.metrics = .named([])
            question.pairing = .unpaired
            return try Comparison(question, in: store).record
        }
        try await expect("/api/v1/diff?a=1&b=2") { try Difference("1", "2", in: $0).record }
        try await expect("/api/v1/profile?group=plain&step=2") {
            try Profile(["plain"], step: .number(2), in: $0).record
        }
        try await expect("/api/v1/curves?name=loss&group=plain") { try Curves("loss", ["plain"], in: $0).record }
        try await expect("/api/v1/info") { try $0.summary(isExact: false).record }
    }

    @Test func `History is told by run, by step and by group`() async throws {
        let store = try site.open()
        var runs = JSONList()
        try History("Output", nil, in: store).forEachEntry(in: store) { runs.append($0.record.json) }
        let byRun = try await site.get("/api/v1/history?layer=Output")
        #expect(try byRun.json().count == 12)
        #expect(byRun.text.hasPrefix("[{\"run\":1,"))
        #expect(byRun.bytes == (try await body(runs)))
        let bySteps = try await site.get("/api/v1/history?run=3&metric=loss&limit=2")
        #expect(try bySteps.json().count == 2)
        let byGroup = try await site.get("/api/v1/history?layer=Output&group_by=architecture&filter=seed+%3C+3")
        #expect(try byGroup.json().count == 2)
        #expect(try byGroup.json()[0]["n"] == .integer(3))
        let byFilter = try await site.get("/api/v1/history?filter=seed+%3D+1")
        #expect(try byFilter.json().count == 2)
    }

    private func body(_ list: JSONList) async throws -> [UInt8] {
        let collector = Collector()
        try await list.response().body.write(collector)
        return collector.bytes
    }

    @Test func `A metric of many points is thinned, and its extremes stay exact`() async throws {
        let site = try TestSite { store in
            var recorder = try Recorder(store)
            let open = try recorder.start(NewRun(), layers: [])
            for step in 0..<20_000 {
                try recorder.log(open, step: step, metric: "loss", step == 7_777 ? 1e9 : Double(step % 7))
            }
            try recorder.finish(open, RunEnding(.finished))
        }
        let metric = try await site.get("/api/v1/runs/1/metrics?key=loss&points=100").json()[0]
        #expect(metric["steps"].count <= 100)
        #expect(metric["values"].count == metric["steps"].count)
        #expect(metric.text.contains("1000000000"))
        #expect(metric["greatest_step"] == .integer(7_777))
        let part = try await site.get("/api/v1/runs/1/metrics?key=loss&from=7770&to=7779").json()[0]
        #expect(part["steps"].count == 10)
        #expect(try await site.get("/api/v1/runs/1/metrics?key=nothing").status == 404)
    }

    @Test func `The layers of a run are told at a step, and by step`() async throws {
        let store = try site.open()
        let run = try #require(try store.run(number: 2))
        let measured = try await site.get("/api/v1/runs/2/variances?step=1")
        #expect(
            measured.text == "["
                + (try store.measures(of: run, step: 1)).map(\.record.json.text).joined(separator: ",\n ") + "]\n"
        )
        let layer = try await site.get("/api/v1/runs/2/variances?layer=Output").json()[0]
        #expect(layer["values"].count == 3)
    }

    @Test(arguments: [
        "profile.svg", "compare.svg?group=plain&group=batchnorm", "history.svg?layer=Output", "training.svg?run=1",
        "training.svg?run=1&metric=loss&from=1&to=2", "curves.svg?name=loss&from=0&to=1&width=500&theme=dark",
        "scatter.svg?param=width&metric=loss",
    ]) func `Every picture is drawn`(_ path: String) async throws {
        let answer = try await site.get("/api/v1/plots/" + path)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.headers[.contentType] == "image/svg+xml")
        #expect(answer.text.hasPrefix("<svg"))
    }

    @Test(arguments: [
        ("/api/v1/compare?group=plain", 400), ("/api/v1/compare?group=plain&group=nothing", 404),
        ("/api/v1/compare?group=plain&group=batchnorm&paired&unpaired", 400),
        ("/api/v1/compare?group=plain&group=batchnorm&detect=x", 400), ("/api/v1/compare?by=day", 400),
        ("/api/v1/compare?group=params.width%3D100&group=plain", 422), ("/api/v1/diff?a=1", 400),
        ("/api/v1/diff?a=1&b=99", 404), ("/api/v1/history?layer=a&metric=b", 400),
        ("/api/v1/history?filter=seed+%3D", 400), ("/api/v1/runs/1/weights?at=final", 404),
        ("/api/v1/runs/1/weights?at=x", 400), ("/api/v1/plots/training.svg?run=1&width=5", 400),
        ("/api/v1/runs/1/metrics?from=3&to=1", 400), ("/api/v1/curves?name=loss&name=loss", 400),
    ]) func `What cannot be answered is refused with its status`(_ path: String, _ status: Int) async throws {
        let answer = try await site.get(path)
        #expect(answer.status == status, "\(answer.text)")
        #expect(answer.headers[.contentType] == "application/problem+json")
    }

    @Test func `An answer is known by its tag until something is committed`() async throws {
        let first = try await site.get("/api/v1/runs")
        let tag = try #require(first.headers[.eTag])
        let again = try await site.get("/api/v1/runs", [.ifNoneMatch: tag])
        #expect(again.status == 304)
        #expect(again.bytes.isEmpty)
        try site.open(.migrating).tag([1], with: [("note", "new")])
        let changed = try await site.get("/api/v1/runs", [.ifNoneMatch: tag])
        #expect(changed.status == 200)
        #expect(changed.text.contains("\"note\":\"new\""))
        #expect(changed.headers[.eTag] != tag)
    }
}
