import Dispatch
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import Server

/// The pages as they are sent.
@Suite struct PageRoutesTests {
    private static let page: HTTPFields = [.accept: "text/html,application/xhtml+xml,*/*;q=0.8"]

    private func site(isReadOnly: Bool = false) throws -> TestSite {
        try TestSite { store in
            var recorder = try Recorder(store)
            for seed in [Int64(0), 1] {
                var new = NewRun()
                (new.architecture, new.seed) = ("plain", seed)
                let run = try recorder.start(new, layers: [])
                for step in 0..<50 { try recorder.log(run, step: step, metric: "loss", 2 - Double(step) / 50) }
                try recorder.finish(run, RunEnding(.finished))
            }
        } settings: {
            $0.isReadOnly = isReadOnly
        }
    }

    @Test(arguments: ["/", "/columns", "/runs/1", "/compare", "/curves", "/diff?a=1&b=2", "/history", "/info", "/sql"])
    func `every page is whole, and passes over what it does not know in its address`(_ path: String) async throws {
        let site = try site()
        let answer = try await site.get(path + (path.contains("?") ? "&" : "?") + "utm=x", Self.page)
        #expect(answer.status == 200 && answer.headers[.contentType] == "text/html; charset=utf-8")
        #expect(answer.text.hasPrefix("<!doctype html>") && answer.text.hasSuffix("</html>\n"))
        #expect(!answer.text.contains("{{") && !answer.text.contains(" style=") && !answer.text.contains("http://"))
    }

    @Test func `what is not there is a page for people and a problem for programs`() async throws {
        let site = try site()
        for path in ["/runs/99", "/nowhere"] {
            let page = try await site.get(path, Self.page)
            #expect(page.status == 404 && page.text.contains("<h1>Not here</h1>"))
            #expect(!page.text.contains(site.folder.file("")))
        }
        #expect(try await site.get("/api/v1/nowhere", Self.page).headers[.contentType] == "application/problem+json")
        #expect(try await site.get("/nowhere").headers[.contentType] == "application/problem+json")
    }

    @Test func `where changes are refused the page says so to its script`() async throws {
        #expect(try await site(isReadOnly: true).get("/").text.contains(" data-read-only>"))
        #expect(try await !site().get("/").text.contains("data-read-only"))
    }

    @Test func `the list of runs is a file with the columns that are shown`() async throws {
        let answer = try await site().get("/runs.csv?columns=number,metrics.loss&sort=-number")
        #expect(answer.text == "number,metrics.loss\n2,1.02\n1,1.02\n")
    }

    @Test(arguments: ["/pictures/curves.svg?name=loss&run=1", "/api/v1/plots/training.svg?run=1&metric=loss"])
    func `a picture of a run that has ended stays known while others are recorded`(_ path: String) async throws {
        let site = try site()
        let first = try await site.get(path)
        try site.open(.writing).record(1)
        let again = try await site.get(path)
        #expect(first.status == 200 && again.bytes == first.bytes && again.headers[.eTag] == first.headers[.eTag])
        let other = try await site.get("/pictures/history.svg?metric=loss")
        try site.open(.writing).record(1)
        #expect(other.headers[.eTag] != (try await site.get("/pictures/history.svg?metric=loss")).headers[.eTag])
        let store = try site.open(.writing)
        var edit = RunEdit()
        edit.name = "renamed"
        _ = try store.edit([1], edit)
        #expect((try await site.get(path)).headers[.eTag] != first.headers[.eTag])
    }

    @Test func `a question that nobody waits for any more is not asked`() async throws {
        let site = try TestSite {
            try $0.record(1)
        } settings: {
            $0.readers = 1
        }
        let (isHeld, isFree) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let pool = site.application.pool
        let holding = Task {
            try await pool.ask { _ in
                isHeld.signal()
                isFree.wait()
            }
        }
        try await waiting { isHeld.wait() }
        let asking = Task { try await site.get("/api/v1/runs?limit=3") }
        asking.cancel()
        #expect(try await asking.value.status == 503)
        isFree.signal()
        try await holding.value
    }

    @Test func `a picture of a run that has ended is known by its tag`() async throws {
        let site = try site()
        let first = try await site.get("/pictures/curves.svg?name=loss&run=1&from=10&to=20&smooth=0.5&axis=log")
        let tag = try #require(first.headers[.eTag])
        #expect(first.status == 200 && first.text.hasPrefix("<svg") && first.text.contains(" 10 20\""))
        let again = try await site.get(
            "/pictures/curves.svg?name=loss&run=1&from=10&to=20&smooth=0.5&axis=log",
            [.ifNoneMatch: tag]
        )
        #expect(again.status == 304 && again.bytes.isEmpty)
        for (path, status) in [("curves.svg?run=1", 400), ("nothing.svg", 404), ("curves.png", 404)] {
            #expect(try await site.get("/pictures/\(path)").status == status, "\(path)")
        }
    }
}
