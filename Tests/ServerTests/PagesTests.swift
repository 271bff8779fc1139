import Foundation
import Questions
import Storage
import Testing

@testable import Server

/// Pages as text: what stands in them, and that nothing of a store is ever markup.
@Suite struct PagesTests {
    private let folder: String
    private let store: Store

    private static let evil = "<script>hurt()</script>\"'`&\u{202E}"

    init() throws {
        folder = NSTemporaryDirectory() + "varve-pages-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        store = try Store(path: folder + "/pages.db", for: .writing)
    }

    @discardableResult private func record(
        _ architecture: String,
        seed: Int64,
        name: String? = nil,
        loss: [Double] = [2, 1],
        params: [(String, SQLValue)] = [],
        tags: [(String, String)] = [],
        status: RunStatus = .finished
    ) throws -> Int64 {
        var recorder = try Recorder(store)
        var new = NewRun()
        (new.architecture, new.seed, new.name) = (architecture, seed, name)
        (new.params, new.tags) = (params.map { (key: $0.0, value: $0.1) }, tags.map { (key: $0.0, value: $0.1) })
        var run = try recorder.start(new, layers: [])
        let layer = try recorder.add(
            LayerPlace(name: "Layer \(Self.evil)", position: 0, measure: LayerPlace.populationMean),
            to: &run
        )
        for (step, value) in loss.enumerated() {
            try recorder.log(run, step: step, layer: layer, variance: 1 + value)
            try recorder.log(run, step: step, metric: "loss", value)
        }
        if status == .running { try recorder.flush() } else { try recorder.finish(run, RunEnding(status)) }
        return run.number
    }

    private func page(_ target: String) throws -> Page {
        let path = try Path(target)
        let query = PageQuery(path.query)
        return try store.snapshot {
            switch path.words.first {
            case nil: try RunsPage.page(query, in: store)
            case "columns": ColumnsPage.page(query, in: store)
            case "runs": try RunPage.page(path.words[1], query, in: store)
            case "compare": try ComparePage.page(query, in: store)
            case "curves": try CurvesPage.page(query, in: store)
            case "diff": try DiffPage.page(query, in: store)
            case "history": try HistoryPage.page(query, in: store)
            default: try InfoPage.page(in: store)
            }
        }
    }

    private func text(_ target: String) throws -> String { try page(target).content.text }

    @Test func `a store without runs says what to type`() throws {
        let text = try text("/")
        #expect(text.contains("Nothing is recorded yet") && text.contains("varve run --store pages.db"))
        #expect(!text.contains(folder))
        #expect(try page("/compare").status == 200 && page("/curves").status == 200 && page("/history").status == 200)
    }

    @Test func `nothing that a store holds becomes markup, on any page`() throws {
        let evil = Self.evil
        for seed in [Int64(0), 1] {
            try record(
                evil,
                seed: seed,
                name: evil,
                params: [(evil, .text(evil))],
                tags: [(evil, evil), ("note", evil)]
            )
        }
        let group = PageQuery([("group", "architecture = \(FilterText.quoted(evil))"), ("group", "1")])
        for target in [
            "/", "/?columns=all", "/?group=configuration", "/columns", "/runs/1", "/compare", group.address("/compare"),
            group.address("/curves"), "/curves?run=1", "/diff?a=1&b=2", "/diff?a=1&b=2&all=1", "/history", "/info",
            PageQuery([("filter", evil), ("sort", evil)]).address("/"), PageQuery([("columns", evil)]).address("/"),
            PageQuery([("group", evil), ("ignore", evil)]).address("/"),
            PageQuery([("find", evil)]).address("/columns"),
            PageQuery([("name", evil)]).address("/curves"), PageQuery([("metric", evil)]).address("/history"),
            PageQuery([("a", evil)]).address("/diff"),
            PageQuery([("group", evil), ("group", "x")]).address("/compare"),
        ] {
            let document = try page(target).document(of: store.path, isReadOnly: false)
            #expect(
                document.components(separatedBy: "<script").count == 2 && !document.contains("\u{202E}"),
                "\(target)"
            )
            #expect(!document.contains(folder), "\(target)")
        }
        let statement = SQLPage.page(evil, .success(.array([.object([.init("a", .string(evil))])])), path: store.path)
            .content.text
        #expect(!statement.contains("<script"))
        for name in ["training", "layers"] {
            #expect(!(try Plots.svg(name, PageQuery([("run", "1")]), in: store)).contains("<script"))
        }
    }

    @Test func `a mark of the frame in what a store holds is left as it is`() throws {
        try record("{{navigation}}", seed: 0)
        #expect(try page("/").document(of: store.path, isReadOnly: false).contains(">{{navigation}}<"))
        #expect(Frame("a{{x}}b{{y}}c{{z}}").text(with: ["x": "{{y}}", "y": "1"]) == "a{{y}}b1c")
    }

    @Test func `a filter that cannot be read shows the place under its text`() throws {
        try record("plain", seed: 0)
        let page = try page("/?filter=seed+%3D+0+AND+archtecture+%3D+1")
        #expect(page.status == 400)
        #expect(page.content.text.contains("seed = 0 AND archtecture = 1\n<span class=\"mark\">             ^</span>"))
        #expect(page.content.text.contains("Did you mean architecture?"))
        #expect(page.content.text.contains("value=\"seed = 0 AND archtecture = 1\""))
    }

    @Test func `a list goes on behind its last run, and every state is in its links`() throws {
        for seed in 0..<5 { try record("plain", seed: Int64(seed)) }
        let first = try text("/?limit=2&sort=seed&columns=number,seed")
        #expect(first.contains("/?limit=2&amp;sort=seed&amp;columns=number,seed&amp;after=2&amp;seen=2"))
        let next = try text("/?limit=2&sort=seed&columns=number,seed&after=2&seen=2")
        #expect(next.contains("data-run=\"3\"") && !next.contains("data-run=\"2\""))
        #expect(next.contains("aria-sort=\"ascending\"") && next.contains("sort=-seed"))
        #expect(try text("/?filter=seed+%3D+77").contains("No run fits the filter"))
        #expect(try text("/?deleted=1").contains("No run was deleted"))
    }

    @Test func `groups have mean and spread, and a box with a filter that compares them`() throws {
        for seed in [Int64(0), 1] {
            for width in [64, 128] {
                try record(
                    "net",
                    seed: seed,
                    loss: [Double(width) + Double(seed)],
                    params: [("width", .integer(Int64(width)))]
                )
            }
        }
        let text = try text("/?group=configuration")
        #expect(text.contains("64.50 ± 0.71") && text.contains("value=\"params.width = 128\""))
        #expect(try page("/?group=nothing").status == 400)
    }

    @Test func `a run that diverged says from where on`() throws {
        try record("net", seed: 0, loss: [2, 1, .nan, .nan], status: .failed)
        #expect(try text("/runs/1").contains("Not finite from step 2: loss"))
    }

    @Test func `runs that were chosen are compared by their configurations`() throws {
        for seed in [Int64(0), 1] { for name in ["a", "b"] { try record(name, seed: seed, loss: [Double(seed) + 1]) } }
        let groups = try ComparePage.groups(ofRuns: ["1", "2", "3", "4"], in: store)
        #expect(groups == ["number IN (1, 3)", "number IN (2, 4)"])
        #expect(try ComparePage.groups(ofRuns: ["1", "2"], in: store) == ["1", "2"])
        #expect(try text("/compare?run=1&run=2&run=3&run=4").contains("2 seeds, paired"))
    }

    @Test func `numbers are read at a glance and exact on hover`() {
        #expect(Words.number(0.43) == "0.4300" && Words.number(12) == "12" && Words.number(12345.678) == "12345.7")
        #expect(Words.number(1.5e-7) == "1.500e-07" && Words.count(1_234_567) == "1\u{202F}234\u{202F}567")
    }

    @Test func `an address keeps what it is given`() throws {
        let query = PageQuery([("filter", "a = '&+%?#'"), ("x", "ü b")])
        let address = query.address("/")
        #expect(PageQuery(try Path(address).query) == query)
        #expect(PageQuery(try Path("/?a=1&b=&a=2&c").query).all("a") == ["1", "2"])
    }
}

@Suite struct PictureTests {
    @Test func `the style of pictures is allowed by its digest`() {
        #expect(ContentSecurity.base64("00108310518720928b30d38f41149351") == "ABCDEFGHIJKLMNOPQRSTUQ==")
        #expect(ContentSecurity.policy.components(separatedBy: "'sha256-").count == 4)
    }
}
