import Testing

@testable import Storage

/// Lines of a log as other programs write them, and as they should not.
@Suite struct LogLineTests {
    private func entry(_ line: String) throws(LogError) -> LogEntry {
        try LogEntry(parsing: Array(line.utf8).span)
    }

    static let layer = LoggedLayer(layer: "residual1")

    static let begin = {
        var run = LoggedRun()
        run.name = "a"
        run.seed = -3
        run.params = [Entry(key: "lr", value: .real(0.1)), Entry(key: "sizes", value: .text("[1,2]"))]
        run.ignore = ["out"]
        return run
    }()

    static let good: [(String, LogEntry)] = [
        (#"{"step":0,"layer":"residual1","variance":3.2}"#, .variance(layer, step: 0, 3.2)),
        (#"  {"variance" : 3 , "layer":"residual1","step":7}  "# + "\r\n", .variance(layer, step: 7, 3)),
        (#"{"step":0,"layer":"residual1","variance":Infinity}"#, .variance(layer, step: 0, .infinity)),
        (#"{"step":0,"layer":"residual1","variance":"-Infinity"}"#, .variance(layer, step: 0, -.infinity)),
        (#"{"step":0,"layer":"residual1","variance":-Infinity}"#, .variance(layer, step: 0, -.infinity)),
        (#"{"step":0,"metric":"loss","value":2.3}"#, .metric("loss", step: 0, 2.3, timestamp: nil)),
        (
            #"{"step":-4611686018427387904,"metric":"a","value":-1e-3,"timestamp":1700000000000}"#,
            .metric("a", step: -(1 << 62), -0.001, timestamp: 1_700_000_000_000)
        ),
        (#"{"param":"lr","value":0.1}"#, .param("lr", .real(0.1))),
        (#"{"param":"lr","value":9007199254740993}"#, .param("lr", .integer(9_007_199_254_740_993))),
        (#"{"param":"lr","value":18446744073709551616}"#, .param("lr", .real(0x1p64))),
        (#"{"param":"on","value":true}"#, .param("on", .text("true"))),
        (#"{"param":"none","value":null}"#, .param("none", .null)),
        (#"{"param":"betas","value":[0.9, {"a":"]}"}]}"#, .param("betas", .text(#"[0.9, {"a":"]}"}]"#))),
        (
            #"{"param":"name","value":"a\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00"}"#,
            .param("name", .text("a\"\\/\u{8}\u{c}\n\r\téé😀"))
        ),
        (#"{"tag":"note","value":"first try"}"#, .tag("note", "first try")),
        (#"{"tag":"seed","value":12}"#, .tag("seed", "12")),
        (
            #"{"layer":"After first","name":"residual1","position":2,"measure":"population_mean","after_norm":true}"#,
            .layer(
                LoggedLayer(
                    layer: "After first",
                    name: "residual1",
                    position: 2,
                    measure: "population_mean",
                    afterNorm: true
                )
            )
        ),
        (
            #"{"layer":"residual1","step":1,"variance":2,"position":4}"#,
            .variance(LoggedLayer(layer: "residual1", position: 4), step: 1, 2)
        ),
        (#"{"end":"failed"}"#, .end(LoggedEnd(status: .failed))),
        (
            #"{"end":"killed","reason":"out of memory","timestamp":5}"#,
            .end(LoggedEnd(status: .killed, reason: "out of memory", ended: 5))
        ),
        (
            #"{"step":3,"loss":2.5,"timestamp":7,"value":2,"epoch":1}"#,
            .step(
                LoggedStep(
                    step: 3,
                    metrics: [
                        LoggedValue(name: "value", value: 2), LoggedValue(name: "loss", value: 2.5),
                        LoggedValue(name: "epoch", value: 1),
                    ],
                    timestamp: 7
                )
            )
        ),
        (
            #"{"variances":{"conv1":3,"fc":"Infinity"},"metrics":{"loss":2},"step":-1}"#,
            .step(
                LoggedStep(
                    step: -1,
                    metrics: [LoggedValue(name: "loss", value: 2)],
                    variances: [LoggedValue(name: "conv1", value: 3), LoggedValue(name: "fc", value: .infinity)]
                )
            )
        ),
        (#"{"begin":{"name":"a","seed":-3,"params":{"lr":0.1,"sizes":[1,2]},"ignore":["out"]}}"#, .begin(begin)),
    ]

    @Test(arguments: good)
    func `a line says what it says`(_ line: String, _ expected: LogEntry) throws {
        #expect(try entry(line) == expected)
    }

    @Test(arguments: ["NaN", "\"NaN\""])
    func `NaN is a value`(_ word: String) throws {
        guard case .metric(_, _, let value, _) = try entry(#"{"step":0,"metric":"loss","value":\#(word)}"#) else {
            Issue.record("no metric")
            return
        }
        #expect(value.isNaN)
    }

    /// The line and a part of what is said of it.
    static let bad: [(String, String)] = [
        ("garbage", "JSON object"), ("[]", "JSON object"), ("{}", "the object is empty"), ("{", "ends"),
        (#"{"step":0"#, "',' or '}'"), (#"{"step":0}x"#, "the end of the line"), (#"{"step" 0}"#, "':'"),
        (#"{"step":0,}"#, "string"), (#"{step:0}"#, "string"),
        (#"{"end":"finished"} {"end":"finished"}"#, "the end of the line"),
        (#"{"step":0,"step":1,"layer":"a","variance":1}"#, "'step' is given twice"),
        (#"{"step":0,"layer":"a","varience":1}"#, "'varience' does not belong beside 'layer'"),
        (#"{"step":0,"layer":"a"}"#, "'variance' is missing"), (#"{"layer":"a","variance":1}"#, "'step' is missing"),
        (#"{"step":0,"layer":"a","metric":"b","value":1}"#, "does not belong"),
        (#"{"step":0,"layer":"a","variance":1,"timestamp":1}"#, "'timestamp' does not belong beside 'layer'"),
        (#"{"step":9223372036854775807,"layer":"a","variance":1}"#, "from -2^62 to 2^62"),
        (#"{"step":0,"loss":"high"}"#, #"write {"step": 0, "loss": 2.3}"#), (#"{"loss":1}"#, "'step' is missing"),
        (#"{"step":0,"variance":1}"#, #"write {"step": 0, "layer": "conv1", "variance": 3.2}"#),
        (#"{"metric":"","step":0,"value":1}"#, "'metric' is empty: give a name"),
        (#"{"step":0,"metrics":{"loss":true}}"#, "'loss' is true: give a number"),
        (#"{"step":0,"metrics":[1]}"#, "'metrics' is [1]: give an object"),
        (#"{"begin":{"sed":1}}"#, "'sed' does not belong in 'begin'"), (#"{"begin":{"seed":0.5}}"#, "'seed' is 0.5"),
        (#"{"artifact":"a.png","name":"../a.png"}"#, "contains '..'"),
        (#"{"artifact":"a.png","value":1}"#, "does not belong beside 'artifact'"),
        (#"{"artifact":7}"#, "a name in double quotes"),
        (#"{"step":0,"metric":"a","value":1,"timestamp":253402300800000}"#, "the years 1 to 9999"),
        (#"{"step":1.5,"layer":"a","variance":1}"#, "'step' is 1.5"),
        (#"{"step":"1","layer":"a","variance":1}"#, "'step' is 1"),
        (#"{"step":99999999999999999999,"layer":"a","variance":1}"#, "'step' is"),
        (#"{"step":0,"layer":"","variance":1}"#, "'layer' is"), (#"{"step":0,"layer":7,"variance":1}"#, "'layer' is 7"),
        (#"{"step":0,"layer":"a","variance":null}"#, "'variance' is null"),
        (#"{"step":0,"layer":"a","variance":"3"}"#, "'variance' is 3"),
        (#"{"step":0,"layer":"a","variance":[1]}"#, "'variance' is [1]"),
        (#"{"step":0,"layer":"a","variance":1e999}"#, "beyond a double"),
        (#"{"step":0,"layer":"a","variance":01}"#, "leading zeros"),
        (#"{"step":0,"layer":"a","variance":1.}"#, "digit"),
        (#"{"step":0,"layer":"a","variance":.5}"#, "a value"), (#"{"step":0,"layer":"a","variance":+1}"#, "a value"),
        (#"{"step":0,"layer":"a","variance":-}"#, "a number"), (#"{"step":0,"layer":"a","variance":1e}"#, "digit"),
        (#"{"step":0,"layer":"a","variance":nan}"#, "a value"), (#"{"step":0,"layer":"a","variance":Inf}"#, "a value"),
        (#"{"layer":"a","after_norm":1}"#, "true or false"), (#"{"layer":"a","position":-2}"#, "'position' is -2"),
        (#"{"tag":"a","value":null}"#, "'value' is null"), (#"{"tag":"a"}"#, "'value' is missing"),
        (#"{"end":"running"}"#, "'end' is running"), (#"{"end":"finished","step":1}"#, "'step' does not belong"),
        (#"{"tag":"a","value":"\x"}"#, "is no character"), (#"{"tag":"a","value":"\ud800"}"#, "no character"),
        (#"{"tag":"a","value":"\ud83d\u0041"}"#, "no character"), (#"{"tag":"a","value":"\u12"}"#, "no character"),
        ("{\"tag\":\"a\",\"value\":\"\t\"}", "control character 9"), (#"{"tag":"a","value":"b"#, "never closed"),
        (#"{"tag":"a","value":"b\"#, "no character"),
        (#"{"param":"a","value":[1,}"#, "a value"), (#"{"param":"a","value":{"b":1]}"#, "'}'"),
        (#"{"param":"a","value":{1:2}}"#, "string"),
    ]

    @Test(arguments: bad)
    func `a line that cannot be recorded is refused with the reason`(_ line: String, _ words: String) {
        let error = #expect(throws: LogError.self) { try entry(line) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test func `a message shows 40 characters of a line at most, and stays one short line`() {
        let long = String(repeating: "x", count: 100_000)
        for line in [
            #"{"step":0,"\#(long)":"\#(long)"}"#, #"{"end":"\#(long)"}"#, #"{"layer":"a","\#(long)":1}"#,
            #"{"step":0,"step":1,"\#(long)":1}"#, #"{"begin":{"\#(long)":1}}"#, #"{"step":\#(long.count)\#(long)}"#,
        ] {
            let error = #expect(throws: LogError.self) { try entry(line) }
            #expect((error?.description.count ?? 1000) < 320, "\(error?.description ?? "")")
        }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        let line = Array(#"{"tag":"a","value":""#.utf8) + [0xFF, 0xC0] + Array(#""}"#.utf8)
        let error = #expect(throws: LogError.self) { try LogEntry(parsing: line.span) }
        #expect(error?.description.contains("not UTF-8") == true)
    }

    @Test func `deep nesting ends in an error and not in the stack`() {
        for bracket in ["[", "{\"a\":"] {
            let line = #"{"param":"a","value":"# + String(repeating: bracket, count: 400_000)
            let error = #expect(throws: LogError.self) { try entry(line) }
            #expect(error?.description.contains("64 deep") == true)
        }
    }

    @Test func `no bytes whatever make it stumble`() {
        var random = SeededGenerator(seed: 5)
        let pieces = Self.good.map { Array($0.0.utf8) } + [Array("{}[],:\"\\u".utf8), [0, 0xFF, 10, 0xF0, 0x9F]]
        for _ in 0..<20_000 {
            var line = pieces[Int.random(in: pieces.indices, using: &random)]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0...line.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: line.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
                case 1: line.removeSubrange(0..<place)
                default: line.insert(contentsOf: pieces[Int.random(in: pieces.indices, using: &random)], at: place)
                }
            }
            _ = try? LogEntry(parsing: line.span)
        }
    }

    // MARK: Cutting a stream into lines

    /// The lines of a stream that comes in pieces of a size; nil for those that are too long.
    private func lines(of text: [UInt8], inPiecesOf size: Int) throws -> [String?] {
        var splitter = LineSplitter()
        var lines: [String?] = []
        func note(_ number: Int, _ line: Span<UInt8>?) {
            #expect(number == lines.count + 1)
            guard let line else { return lines.append(nil) }
            lines.append(line.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
        }
        var start = 0
        while start < text.count {
            let end = min(text.count, start + size)
            try splitter.take(text.span.extracting(start..<end), note)
            start = end
        }
        try splitter.finish(note)
        return lines
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func `lines come whole, however the stream is cut`(_ size: Int) throws {
        let text = Array("one\n\nthree\r\nfour".utf8)
        #expect(try lines(of: text, inPiecesOf: size) == ["one\n", "\n", "three\r\n", "four"])
        #expect(try lines(of: [], inPiecesOf: size) == [])
    }

    @Test func `a line beyond the limit is skipped and the next one is whole`() throws {
        let long = [UInt8](repeating: 120, count: 3 * LineSplitter.limit)
        for ending in [Array("\nnext".utf8), []] {
            let found = try lines(of: Array("first\n".utf8) + long + ending, inPiecesOf: 65536)
            #expect(found == (ending.isEmpty ? ["first\n", nil] : ["first\n", nil, "next"]))
        }
    }
}
