import Testing

@testable import Storage

@Suite struct JSONTests {
    @Test func `members keep their order and numbers read back as themselves`() {
        let value: JSON = ["z": .real(0.1), "a": .integer(-3), "list": .array([.null, .bool(true), "x"])]
        #expect(value.text == "{\"z\":0.1,\"a\":-3,\"list\":[null,true,\"x\"]}")
        #expect(Double(JSON.real(0.9965496063232422).text) == 0.9965496063232422)
    }

    @Test func `what is not finite is a word`() {
        #expect(
            JSON.array([.real(.nan), .real(.infinity), .real(-.infinity)]).text
                == "[\"NaN\",\"Infinity\",\"-Infinity\"]"
        )
    }

    @Test func `text is escaped so that a parser gives it back`() throws {
        let text = "quote \" backslash \\ line\nescape \u{1B} delete \u{7F} é 🪨"
        #expect(try JSON(parsing: JSON.string(text).text) == .string(text))
        #expect(!JSON.string(text).text.utf8.contains { $0 < 32 || $0 == 127 })
    }

    @Test func `canonical text does not depend on the order of members`() {
        let one: JSON = ["b": ["d": .integer(1), "c": .integer(2)], "a": .null]
        let other: JSON = ["a": .null, "b": ["c": .integer(2), "d": .integer(1)]]
        #expect(one.canonical.text == other.canonical.text)
        #expect(one.canonical.text == "{\"a\":null,\"b\":{\"c\":2,\"d\":1}}")
    }

    @Test func `keys and texts that look alike are two, and of equal keys the last one counts`() throws {
        let value = try JSON(parsing: "{\"e\u{301}\": 2, \"\u{E9}\": 1, \"b\": 1.0, \"b\": 3}")
        #expect(value.text == "{\"b\":3,\"e\u{301}\":2,\"\u{E9}\":1}")
        #expect(JSON.string("\u{E9}") != .string("e\u{301}"))
        #expect(JSON.Member("\u{E9}", .null) != JSON.Member("e\u{301}", .null))
    }

    @Test(arguments: ["1e-400", "-0.1e-399", "1e400"]) func `a number that a double would make 0 or infinite is none`(
        _ text: String
    ) {
        #expect(throws: LogError.self) { try JSON(parsing: text) }
        #expect(SQLValue(reading: text) == .text(text))
    }

    @Test(arguments: [("0e-400", 0), ("-0.000", 0), ("5e-324", Double.leastNonzeroMagnitude)])
    func `0 however it is written, and the smallest numbers, are numbers`(_ text: String, _ value: Double) throws {
        #expect(SQLValue(reading: text) == .real(value))
    }

    @Test func `parsing tells integers, reals and booleans apart`() throws {
        let value = try JSON(parsing: "{\"i\": 3, \"r\": 2.5, \"t\": true, \"n\": null}")
        #expect(value == ["i": .integer(3), "n": .null, "r": .real(2.5), "t": .bool(true)])
        #expect(throws: (any Error).self) { try JSON(parsing: "{\"i\": ") }
    }
}
