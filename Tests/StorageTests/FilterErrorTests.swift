import TestSupport
import Testing

@testable import Storage

@Suite struct FilterErrorTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    private func refusal(of filter: String) -> FilterError? {
        do {
            _ = try Filter(parsing: filter)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("", 0, "a field"), ("seed", 4, "<="), ("seed <", 6, "a number"), ("seed < x", 7, "a number"),
        ("seed < 'x'", 7, "a number"), ("architecture = plain", 15, "single quotes"),
        ("archtecture = 'a'", 0, "architecture"),
        ("seed < 1 seed", 9, "AND, OR"), ("(seed < 1", 9, ")"), ("seed < 1)", 8, "the end"), ("seed IN 1", 8, "("),
        ("seed IN ()", 9, "a number"), ("seed IN (1,)", 11, "a number"), ("seed IN (1", 10, ")"),
        ("seed LIKE 'a'", 5, "IN"),
        ("seed IS", 7, "NULL"), ("seed IS NOT 1", 12, "NULL"), ("seed NOT = 1", 9, "IN"),
        ("tags.x NOT NULL", 11, "LIKE"),
        ("tags.x LIKE 1", 12, "a pattern"), ("AND seed = 1", 0, "a field"), ("seed = 1 AND", 12, "a field"),
        ("seed = 1 AND OR", 13, "a field"), ("seed == 1", 6, "a number"), ("seed <> 1", 6, "a number"),
        ("seed ! 1", 5, "operator"),
        ("'a' = 'a'", 0, "a field"), ("seed = 'a", 7, "closing"), ("tags.`a", 5, "closing"), ("tags. = 1", 5, "a key"),
        ("colour.x = 1", 0, "params.KEY"), ("seed = 5abc", 7, "a number"), ("seed = 1e999", 7, "inf"),
        ("seed = 1.2.3", 7, "a number"),
        ("seed = NULL", 7, "IS NULL"), ("metrics.loss = nan", 15, "IS NAN"), ("started > '2026-02-30'", 10, "a date"),
        ("uuid = 5", 7, "single quotes"), ("seed = 1; DROP TABLE runs", 8, "operator"), ("seed = 1 -- x", 9, "AND"),
        ("tags.é = 'a' AND tags.日本 = 1 x", 34, "AND, OR"), ("seed = \u{2018}a\u{2019}", 7, "a field"),
        ("seed = --5", 7, "a number"),
    ])
    func `an error points at the place and says what belongs there`(_ filter: String, _ offset: Int, _ expected: String)
        throws
    {
        let error = try #require(refusal(of: filter))
        #expect(error.offset == offset, "\(error)")
        #expect(error.expected.contains(expected), "\(error)")
        #expect(error.text == filter)
    }

    @Test func `what is nested too deeply is refused, and what is allowed is nothing that SQLite refuses`() throws {
        func nested(_ depth: Int, _ step: (String) -> String) -> String {
            var filter = "tags.a < '1'"
            for _ in 0..<depth { filter = step(filter) }
            return filter
        }
        let steps: [(String) -> String] = [
            { "(\($0))" }, { "NOT \($0)" }, { "(tags.b < '2' OR tags.c LIKE 'x' AND \($0))" },
            { "(\($0) AND NOT metrics.x IN (1) OR variance.y > 1)" },
            { "NOT (params.a > '1' AND NOT status = 'a' OR \($0))" },
        ]
        for step in steps {
            let deepest = (1...FilterParser.maximumDepth).last { refusal(of: nested($0, step)) == nil } ?? 0
            #expect(deepest > FilterParser.maximumDepth / 3, "\(step("…"))")
            #expect(try store.numbers(nested(deepest, step)).isEmpty)
            #expect(refusal(of: nested(deepest + 1, step))?.reason.contains("nested") == true)
            #expect(refusal(of: nested(1000, step)) != nil)
        }
        #expect(refusal(of: String(repeating: "(", count: 100_000))?.offset == FilterParser.maximumDepth)
    }

    @Test func `as many tests and values are allowed as SQLite takes, and one more is refused`() throws {
        for (word, test) in [(" OR ", "tags.a > '1'"), (" AND ", "NOT variance.a IN (1, '2')")] {
            let longest = Array(repeating: test, count: FilterParser.maximumTests).joined(separator: word)
            #expect(try store.numbers(longest).isEmpty)
            #expect(refusal(of: longest + word + test)?.reason.contains("500 tests") == true)
        }
        let values = Array(repeating: "'1a', 2", count: FilterParser.maximumValues / 2).joined(separator: ", ")
        #expect(try store.numbers("tags.a IN (\(values))").isEmpty)
        #expect(refusal(of: "tags.a IN (\(values), 'x')")?.offset == values.utf8.count + 13)
        let pattern = String(repeating: "*", count: FilterParser.maximumPattern / 3)
        #expect(try store.numbers("tags.a LIKE '\(pattern)' OR tags.a ILIKE '\(pattern)'").isEmpty)
        #expect(refusal(of: "tags.a LIKE '\(pattern)*'")?.offset == 12)
    }

    @Test(arguments: [
        "-", "seed,", "seed asc desc", "seed, , number", "-seed desc", "seed number", "--seed", "seed = 1", "",
    ])
    func `an order that cannot be read is refused`(_ order: String) {
        #expect(throws: FilterError.self) { try RunOrder.list(parsing: order) }
    }

    @Test(arguments: [
        "seed,", "-seed", "colour", "params.", ",", "seed desc", "", "tags.*", "params.* desc", "max(seed)",
        "max(metrics.a",
    ])
    func `columns that cannot be read are refused`(_ columns: String) {
        #expect(throws: FilterError.self) { try RunColumn.list(parsing: columns) }
    }

    @Test func `columns keep the words they were given as`() throws {
        let text = "run, param.width,metrics.`val loss`,variance.\"After first\",TAG.x,Max( metrics.a ),all,metric.*"
        #expect(
            try RunColumn.list(parsing: text) == [
                .field(.attribute(.number), title: "run"), .field(.param("width"), title: "param.width"),
                .field(.metric("val loss"), title: "metrics.`val loss`"),
                .field(.layer("After first"), title: "variance.\"After first\""), .field(.tag("x"), title: "TAG.x"),
                .field(.metric("a", .greatest), title: "Max( metrics.a )"), .all, .metrics,
            ]
        )
    }

    @Test func `garbage is refused or understood, but never breaks anything`() throws {
        var generator = SeededGenerator(seed: 4)
        let pieces = [
            "seed", "tags.x", "params.", "metrics.`a b`", "variance.input", "AND", "or", "NOT", "IN", "IS", "NULL",
            "LIKE",
            "ILIKE", "=", "!=", "<", ">=", "(", ")", ",", "'a'", "'", "\"", "`", "5", "-1e", "1e-3", "inf", "nan", ".",
            "-",
            "%", ";", "--", "/*", "\\", "\u{0}", "\n", "é", "日本", "\u{301}", "👩‍👩‍👧", "\u{202E}", "?1", "@a", "$b", "{",
            "x", " ",
        ]
        var refused = 0
        for _ in 0..<2000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                text += Bool.random(using: &generator) ? " " : ""
                if Int.random(in: 0..<10, using: &generator) == 0,
                    let scalar = Unicode.Scalar(UInt32.random(in: 0...0x2FFF, using: &generator))
                {
                    text.unicodeScalars.append(scalar)
                } else {
                    text += pieces.randomElement(using: &generator) ?? ""
                }
            }
            do {
                _ = try store.numbers(text)
            } catch let error as FilterError {
                refused += 1
                #expect(error.text == text)
                #expect((0...text.utf8.count).contains(error.offset))
                #expect(!error.reason.isEmpty && !error.expected.isEmpty)
            }
        }
        #expect(refused > 1900)
    }
}
