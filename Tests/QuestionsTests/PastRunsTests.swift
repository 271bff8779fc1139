import Analysis
import Testing

@testable import Storage
@testable import Questions

/// What earlier runs say of the next one.
@Suite struct PastRunsTests {
    private func entries(_ values: [(seed: Int64?, value: Double?)]) throws
        -> [History.Entry]
    {
        let kinds = values.indices.map {
            RunKind(run: Int64($0 + 1), group: .null, seed: values[$0].seed, configuration: "c", dataset: 1)
        }
        var history = PastRuns(kinds, scale: .ratio)
        return values.enumerated().map { index, run in
            history.entry(
                for: RunValue(
                    run: Int64(index + 1),
                    uuid: "",
                    architecture: "plain",
                    seed: run.seed,
                    started: 0,
                    step: 0,
                    layer: 1,
                    value: StoredReal(run.value ?? .nan)
                ),
                of: .metric("m")
            )
        }
    }

    private let ordinary: [(seed: Int64?, value: Double?)] = [(0, 1.0), (1, 1.1), (2, 0.9), (3, 1.05), (4, 0.95)]

    @Test func `a run far from five earlier ones is outside, an ordinary one is not`() throws {
        #expect(try entries(ordinary + [(5, 1.02)]).last?.isOutside == false)
        #expect(try entries(ordinary + [(5, 9)]).last?.isOutside == true)
        #expect(try entries(ordinary + [(5, nil)]).last?.isOutside == true)
        #expect(try entries(ordinary).last?.isOutside == nil)
        #expect(try entries(ordinary + [(5, 9)]).last?.change == 9 - 0.95)
    }

    @Test func `a run of an earlier seed is marked when any bit differs, and only then`() throws {
        let same = try #require(try entries([(7, 2), (7, 2)]).last)
        #expect(same.isOutside == false && same.differsFrom == nil)
        let next = try #require(try entries([(7, 2), (7, 2.0.nextUp)]).last)
        #expect(next.isOutside == true && next.differsFrom == 1)
        #expect(try entries([(7, nil), (7, nil)]).last?.isOutside == false)
        #expect(try entries(ordinary + [(4, 1)]).last?.differsFrom == 5)
    }
}
