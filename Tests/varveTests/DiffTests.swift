import Foundation
import Testing

@Suite struct DiffTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    private func run(_ arguments: String...) throws {
        let outcome = try place.varve(["run", "plain", "--width", "20", "--weights", "none", "--quiet"] + arguments)
        #expect(outcome.status == 0, "\(outcome.error)")
    }

    private func diff(_ a: String, _ b: String) throws -> [String: Any] {
        let outcome = try place.varve("diff", a, b, "--format", "json")
        #expect(outcome.status == 0, "\(outcome.error)")
        return try #require(try outcome.json() as? [String: Any])
    }

    @Test func `runs of one configuration and seed are identical`() throws {
        try run("--steps", "4")
        try run("--steps", "4")
        let found = try diff("1", "2")
        #expect(found["differs"] as? [String] == [])
        #expect(found["variances"] is NSNull)
        #expect((found["steps"] as? [String: Int])?["common"] == 4)
        #expect((found["metrics"] as? [Any])?.isEmpty == true)
        #expect((found["not_compared"] as? [Any])?.isEmpty == true)
        let words = try place.varve("diff", "1", "2").output
        #expect(words.contains("The variances are identical at 4 common steps."))
        #expect(words.contains("Identical metrics: loss at 4 common steps."))
        #expect(words.contains("no param, tag, digest or fact of the environment differs"))
    }

    @Test func `the first step and layer are reported where the variances part`() throws {
        try run("--steps", "4")
        try run("--steps", "4", "--learning-rate", "0.06")
        let found = try diff("1", "2")
        #expect(
            found["differs"] as? [String]
                == ["params.learning_rate", "digests.configuration", "digests.final_weights"]
        )
        // The first step comes before the first update, and the input knows nothing of the weights.
        let parting = try #require(found["variances"] as? [String: Any])
        #expect(parting["step"] as? Int == 1)
        #expect(parting["name"] as? String == "preactivation")
        let values = try place.rows("SELECT variance FROM variances WHERE step = 1 AND position = 1 ORDER BY run")
            .compactMap(Double.init)
        let (a, b) = (Float(values[0]), Float(values[1]))
        #expect((parting["a"] as? Double).map { Float($0) } == a)
        #expect((parting["b"] as? Double).map { Float($0) } == b)
        #expect(parting["ulps"] as? Int == abs(Int(a.bitPattern) - Int(b.bitPattern)))
        #expect(abs((parting["relative"] as? Double ?? 0) / (abs(values[1] - values[0]) / values[0]) - 1) < 1e-12)
    }

    @Test func `common steps alone are compared`() throws {
        try run("--steps", "7", "--record-every", "3")
        try run("--steps", "6", "--record-every", "2")
        let found = try diff("1", "2")
        #expect(found["variances"] is NSNull)
        #expect(found["steps"] as? [String: Int] == ["common": 1, "only_a": 2, "only_b": 3])
        let words = try place.varve("diff", "1", "2").output
        #expect(words.contains("the variances at 2 steps that run 1 alone recorded"))
    }

    @Test func `a deleted run can be looked at and a run that is not there cannot`() throws {
        try run()
        try run()
        #expect(try place.varve("delete", "2").status == 0)
        #expect(try diff("1", "2")["differs"] as? [String] == ["lifecycle"])
        #expect(try place.varve("diff", "1", "9").status == 66)
    }
}
