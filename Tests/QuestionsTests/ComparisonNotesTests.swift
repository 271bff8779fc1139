import Analysis
import Testing

@testable import Questions
@testable import Storage

/// What a comparison says beside its numbers.
@Suite struct ComparisonNotesTests {
    private let small: LoggedStore

    init() throws {
        small = try LoggedStore()
        for architecture in ["one", "two"] {
            for seed in 0..<4 as Range<Int64> {
                try small.run(architecture, seed: seed, ["conv": [1 + Double(seed)], "head": [2]])
            }
        }
    }

    private func notes(asking change: (inout ComparisonQuestion) -> Void = { _ in }) throws -> [String] {
        let found = try small.compare("one", "two", asking: change)
        #expect(found.record["notes"] == .array(found.notes.map { .string($0) }))
        return found.notes
    }

    @Test func `a comparison without anything odd has no notes`() throws {
        #expect(try notes() == [])
    }

    @Test func `runs on both sides show no difference, and that is said`() throws {
        let found = try small.compare("architecture = 'one' AND seed < 3", "architecture = 'one'")
        #expect(found.notes.contains("3 runs on both sides: they show no difference"), "\(found.notes)")
    }

    @Test func `runs of different numerics are said to differ in their last digits`() throws {
        try small.store.connection.execute("UPDATE runs SET numerics = 2 + (architecture = 'two')")
        #expect(try notes() == ["computed by different numerics (2, 3): the last digits of equal runs may differ"])
    }

    @Test func `a run without a seed has no partner`() throws {
        try small.run("two", seed: nil, ["conv": [3], "head": [2]])
        #expect(try notes().contains("B: 1 run left out, because the seed is unknown"))
        #expect(try !notes { $0.pairing = .unpaired }.contains { $0.contains("unknown") })
    }

    @Test func `a run that still goes on is named`() throws {
        let running = try small.run("two", seed: 9, ["conv": [3], "head": [2]], status: .running)
        #expect(try notes() == ["B: 1 run left out, because still running: run \(running) (seed 9)"])
    }

    @Test func `seeds that have no growth are counted`() throws {
        for architecture in ["three", "four"] {
            for seed in 0..<4 as Range<Int64> {
                // One sum of one seed is not positive.
                let second = architecture == "four" && seed == 2 ? 0 : 4 + Double(seed) / 10
                try small.run(architecture, seed: seed, ["residual1": [2], "residual2": [second], "residual3": [8]])
            }
        }
        let found = try small.compare("three", "four")
        let line = "B: 1 seed left out of the growth, because a value is missing, not finite or not positive"
        #expect(found.notes.contains(line), "\(found.notes)")
        #expect(found.record["growth"]["a"]["n"] == .integer(4) && found.record["growth"]["b"]["n"] == .integer(3))
    }
}
