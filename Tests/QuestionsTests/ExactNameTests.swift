import Analysis
import Storage
import Testing

@testable import Questions

/// Names that look alike and are not the same bytes are two names, in every question.
@Suite struct ExactNameTests {
    private let logged: LoggedStore
    /// One letter, and two that are drawn as it.
    private let one = "\u{E9}"
    private let two = "e\u{301}"

    init() throws {
        logged = try LoggedStore()
        for seed in 0..<4 as Range<Int64> {
            let value = Double(seed + 1)
            try logged.run(
                "a",
                seed: seed,
                [one: [value], two: [10 * value]],
                metrics: [one: [value], two: [100 * value]],
                params: [one: .integer(1), two: .integer(2)],
                tags: [one: "x", two: "y"]
            )
            try logged.run(
                "b",
                seed: seed,
                [one: [2 * value], two: [30 * value]],
                metrics: [one: [2 * value], two: [300 * value]],
                params: [one: .integer(1), two: .integer(3)]
            )
        }
    }

    @Test func `fields of a list`() throws {
        let (store, run) = (logged.store, try logged.store.run("1"))
        for (name, number) in [(one, 1), (two, 2)] as [(String, Int64)] {
            #expect(try RunField.param(name).value(of: run, store).text == "\(number)")
            #expect(try RunField.tag(name).value(of: run, store).text == (number == 1 ? "\"x\"" : "\"y\""))
            #expect(try RunField.metric(name).value(of: run, store).text == (number == 1 ? "1.0" : "100.0"))
            #expect(try RunField.layer(name).value(of: run, store).text == (number == 1 ? "1.0" : "10.0"))
        }
        #expect(RunField.param(one) != .param(two))
        let usual = try RunList().usualFields(in: store).map(\.text)
        #expect(usual.contains { $0.isExactly("metrics.\(one)") } && usual.contains { $0.isExactly("metrics.\(two)") })
    }

    @Test func `runs that were logged with different params are two configurations`() throws {
        let logged = try LoggedStore()
        for seed in 0..<2 as Range<Int64> {
            for key in [one, two] { try logged.run("a", seed: seed, ["l": [1]], params: [key: .integer(1)]) }
        }
        let history = try History("l", nil, in: logged.store)
        #expect(try history.entries(in: logged.store).map { $0.change == nil } == [true, true, false, false])
    }

    @Test func `a comparison`() throws {
        let comparison = try logged.compare("a", "b")
        let pair = comparison.pairs[0]
        #expect(pair.differs.count == 2)
        #expect(pair.differs.contains { $0.isExactly(two) } && !pair.differs.contains { $0.isExactly(one) })
        #expect(pair.rows.map(\.name).count == 4)
        let ratios = pair.rows.prefix(2).compactMap { $0.contrast?.estimate }
        #expect(isClose(ratios.first, 2) && isClose(ratios.last, 3))
        let named = try logged.compare("a", "b") { $0.metrics = .named([two]) }
        #expect(named.pairs[0].rows.compactMap(\.metric).first?.isExactly(two) == true)
    }

    @Test func `groups by a key, and what they do not have in common`() throws {
        for (name, groups) in [(one, 1), (two, 2)] {
            let history = try History(one, nil, measure: nil, in: logged.store)
            #expect(try history.groups(by: .param(name), in: logged.store).groups.count == 2)
            let error = #expect(throws: QuestionError.self) { try logged.compare("seed < 9", "b") }
            guard case .mixedGroup(_, let mixture)? = error else { continue }
            #expect(mixture.params.map(\.key).holds(name) == (groups == 2))
        }
        let filter = try Filter(parsing: "params.`\(two)` = 3")
        #expect(try logged.store.runNumbers(matching: filter).count == 4)
    }

    @Test func `pictures`() throws {
        let layer = try #require(NamedLayer(two, among: logged.store.layers()))
        #expect(layer.places.count == 1 && layer.name.isExactly(two))
        #expect(try Curves(two, ["a"], in: logged.store).quantity.name.isExactly(two))
        let plot = try Scatter(two, one, in: logged.store).picture
        #expect(Set(plot.points.map(\.x)).count == 2)
        let values: Set<ScatterPlot.Value> = [.text(one), .text(two)]
        #expect(values.count == 2)
    }

    @Test func `a letter behind a mark of ours is one of the name`() throws {
        // The acute would be drawn on the dot, the sign, or the dash.
        var question = ComparisonQuestion.Detection()
        let isRead = question.add("\u{301}x=0.5")
        #expect(isRead)
        #expect(question.differences[ExactText("\u{301}x")] == 0.5)
        #expect(IgnoredKeys(params: [one, two, one]).params.count == 2)
        let filter = try Filter(parsing: "params.\u{301}x = 1")
        #expect(try logged.store.unknownName(in: filter)?.name == "\u{301}x")
    }
}
