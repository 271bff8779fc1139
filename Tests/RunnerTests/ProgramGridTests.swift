import Storage
import Testing

@testable import Runner

/// What `varve exec` makes of what a person types.
@Suite struct ProgramGridTests {
    private func params(_ words: String...) throws -> [ProgramParam] { try words.map { try ProgramParam(parsing: $0) } }

    @Test func `points come seed by seed, the first param slowest, the architectures side by side`() throws {
        let params = try params("norm=none,batch", "lr=0.10,1e-3", "size=[\"64,64\", \"32\"]")
        let grid = try ProgramGrid(params, seeds: SeedRange(parsing: "7,1"), architectureParam: "norm")
        #expect(grid.count == 16)
        let points = grid.map { $0.values + [$0.seed.map { "\($0)" } ?? ""] }
        #expect(points[0] == ["none", "0.10", "64,64", "7"])
        #expect(points[1] == ["batch", "0.10", "64,64", "7"])
        #expect(points[2] == ["none", "0.10", "32", "7"])
        #expect(points[4] == ["none", "1e-3", "64,64", "7"])
        #expect(points[8] == ["none", "0.10", "64,64", "1"])
        #expect(Set(points).count == 16)
        #expect(try ProgramGrid([], seeds: nil).map(\.values) == [[]])
    }

    @Test func `the shards of any count are disjoint, whole in pairs, and together the grid`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let params = try ["a", "b", "c"].prefix(.random(in: 0...3, using: &random)).map { key in
                let values = (0..<Int.random(in: 1...4, using: &random)).map { "\($0)" }.joined(separator: ",")
                return try ProgramParam(parsing: "\(key)=\(values)")
            }
            let named = params.randomElement(using: &random)
            let grid = try ProgramGrid(
                Array(params),
                seeds: .random(using: &random) ? nil : SeedRange(parsing: "3-9"),
                architectureParam: named?.key
            )
            let unit = named?.values.count ?? 1
            let count = Int.random(in: 1...40, using: &random)
            let parts = (0..<count).map { grid.with(Shard(index: $0, of: count)) }
            let all = grid.map { "\($0)" }
            #expect(all.count == grid.count)
            #expect(Set(all).count == all.count)
            #expect(parts.flatMap { $0.map { "\($0)" } }.sorted() == all.sorted())
            for (index, part) in parts.enumerated() {
                #expect(part.count == part.reduce(0) { sum, _ in sum + 1 })
                for point in part { #expect((all.firstIndex(of: "\(point)") ?? -1) / unit % count == index) }
            }
        }
    }

    @Test(arguments: [
        "lr", "=1", "lr=1,,2", "lr=1,1.0", "lr=[1,2]", "lr=[]", "lr=[\"a\"", "seed=1", "a{b=1",
    ])
    func `what is no param is refused`(_ word: String) {
        #expect(throws: ConfigurationError.self) { try ProgramParam(parsing: word) }
    }

    @Test func `params twice, an architecture that is none, and grids beyond counting are refused`() throws {
        #expect(throws: ConfigurationError.self) { try ProgramGrid(params("a=1", "a=2"), seeds: nil) }
        #expect(throws: ConfigurationError.self) { try ProgramGrid(params("a=1"), seeds: nil, architectureParam: "b") }
        let many = try (0..<20).map { try ProgramParam(parsing: "p\($0)=1,2,3,4,5,6,7,8,9") }
        #expect(throws: ConfigurationError.self) { try ProgramGrid(many, seeds: SeedRange(parsing: "0-99")) }
    }

    @Test func `four thousand million points begin at once`() throws {
        let grid = try ProgramGrid(params("a=1,2"), seeds: SeedRange(parsing: "0-4294967295"))
        #expect(grid.count == 8_589_934_592)
        #expect(grid.with(Shard(index: 1, of: 1_000_000)).first { _ in true }?.values == ["2"])
    }

    @Test func `a value takes its place in a word as it is`() throws {
        let template = try CommandTemplate(["python3", "--lr={lr}", "{a}{b}", "{{x}}", "", "-"])
        #expect(template.names == ["lr", "a", "b"])
        let values = ["lr": "0.10", "a": "it's \"q\"\n", "b": "{lr} $HOME"]
        #expect(template.words { values[$0] } == ["python3", "--lr=0.10", "it's \"q\"\n{lr} $HOME", "{x}", "", "-"])
        for wrong in ["{", "a{", "{}", "{lr"] {
            #expect(throws: ConfigurationError.self) { try CommandTemplate([wrong]) }
        }
        #expect(throws: ConfigurationError.self) { try CommandTemplate([]) }
    }

    @Test func `a place without a param is refused`() throws {
        let grid = try ProgramGrid(params("lr=1"), seeds: nil)
        for word in ["{LR}", "{seed}", "{lr }"] {
            #expect(throws: ConfigurationError.self) {
                try ProgramSweep(CommandTemplate(["a", word]), grid, keeper: "", variables: [])
            }
        }
    }

    @Test(arguments: [
        ("0.10", true), ("-0", true), ("1e-3", true), ("01", false), (".5", false), ("1.", false), ("", false),
        ("nan", false), ("+1", false), ("1e", false),
    ])
    func `numbers as JSON has them keep their digits`(_ text: String, _ isNumber: Bool) {
        #expect(ProgramWork.isJSONNumber(text) == isNumber)
    }

    // MARK: What programs print

    private func scrape(_ pattern: String, _ line: String) throws -> ScrapePattern.Match? {
        try ScrapePattern(parsing: pattern).match(Array(line.utf8))
    }

    @Test func `a pattern finds its numbers anywhere in a line`() throws {
        let pattern = "loss: {loss} acc: {accuracy} step: {step}"
        #expect(
            try scrape(pattern, "[INFO] loss:  2.50 acc:\t-1e-3  step: 7 (3 s)")
                == ScrapePattern.Match(step: 7, metrics: [("loss", 2.5), ("accuracy", -0.001)])
        )
        for line in ["loss: 2.5", "loss: x acc: 1 step: 2", "loss: 2.5 acc: 1 step: 2.5", ""] {
            #expect(try scrape(pattern, line) == nil)
        }
        #expect(try scrape("Epoch {step}/{} - loss={l}", "Epoch 3/10 - loss=.5,")?.metrics.first?.value == 0.5)
        #expect(try scrape("loss {l}", "loss inf")?.metrics.first?.value == .infinity)
        #expect(try scrape("loss {l}", "loss nan")?.metrics.first?.value.isNaN == true)
        #expect(try scrape("{l}%", "12.5%")?.metrics.first?.value == 12.5)
    }

    @Test(arguments: ["loss", "{step}", "{a", "{a}{b}", "{a} {a}", ""])
    func `what is no pattern is refused`(_ pattern: String) {
        #expect(throws: ConfigurationError.self) { try ScrapePattern(parsing: pattern) }
    }

    @Test func `what is kept of an output is its end, cut between characters, and lines lose their colours`() {
        var tail = OutputTail()
        var lines: [String] = []
        tail.take(Array("one\r\u{1B}[31mtwo\u{1B}[0m\nthr".utf8)) { lines.append(String(decoding: $0, as: UTF8.self)) }
        tail.take(Array("ee".utf8)) { lines.append(String(decoding: $0, as: UTF8.self)) }
        #expect(lines == ["one", "two"])
        tail.finish { lines.append(String(decoding: $0, as: UTF8.self)) }
        #expect(lines.last == "three")
        #expect(!tail.isCut)
        tail.take(Array(String(repeating: "ä", count: 200_000).utf8))
        let content = tail.content()
        #expect(tail.isCut)
        #expect(content.count <= OutputTail.limit)
        #expect(String(validating: content, as: UTF8.self) != nil)
        tail.take(Array("\n last  words \n\n".utf8))
        #expect(tail.lastLine() == "last words")
    }
}
