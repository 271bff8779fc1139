import Analysis
import Testing

@testable import Questions
@testable import Storage

/// What `history` says of layers and metrics through runs and steps.
@Suite struct HistoryTests {
    private let small: SmallStore
    private var store: Store { small.store }

    init() throws { small = try SmallStore() }

    /// Runs of other programs, a seed each, that differ in nothing else.
    private func record(_ values: [Double]) throws {
        for (seed, value) in values.enumerated() {
            try small.record { run in
                run.seed = Int64(seed)
                run.params = [("seed", .integer(Int64(seed))), ("lr", .real(0.1))]
                run.metrics = [("acc", [(0, 0), (1, value)])]
                run.layers = [("conv1", "pooled", [value])]
            }
        }
    }

    @Test func `runs of other programs get change, band and marks, of a layer and of a metric`() throws {
        try record([1.0, 1.1, 0.9, 1.05, 0.95, 1.02, 9])
        for history in [try History("conv1", nil, in: store), try History(metric: "acc", nil, in: store)] {
            let entries = try history.entries(in: store)
            #expect(entries.map { $0.band == nil } == [true, true, true, true, true, false, false])
            #expect(entries.map(\.isOutside) == [nil, nil, nil, nil, nil, false, true])
            #expect(abs((entries[1].change ?? 0) - 0.1) < 1e-12)
        }
        let record = try #require(try History(metric: "acc", nil, in: store).entries(in: store).last).record
        #expect(record["metric"] == .string("acc") && record["value"] == .real(9))
        #expect(try History("conv1", nil, in: store).entries(in: store)[0].record["measure"] == .string("pooled"))
        #expect(try History(metric: "acc", "seed < 2", in: store).entries(in: store).count == 2)
    }

    @Test func `runs of another experiment or another param are compared with none of these, unless it is ignored`()
        throws
    {
        try record([1.0, 1.1, 0.9, 1.05, 0.95])
        for (experiment, rate) in [("other", 0.1), ("Default", 0.2)] {
            try small.record { run in
                run.seed = 77
                run.experiment = experiment
                run.params = [("lr", .real(rate))]
                run.metrics = [("acc", [(0, 9)])]
            }
        }
        var history = try History(metric: "acc", nil, in: store)
        #expect(try history.entries(in: store).suffix(2).map(\.isOutside) == [nil, nil])
        history.ignore(IgnoredKeys(params: ["lr"]))
        #expect(try history.entries(in: store).last?.isOutside == true)
    }

    @Test func `a lasting shift is marked in rows and pictures with the run at which it began`() throws {
        let ordinary = (0..<25).map { 1 + 0.02 * Double(($0 * 7) % 5 - 2) }
        try record(ordinary + ordinary.prefix(10).map { $0 + 0.2 })
        let history = try History("conv1", nil, in: store)
        let shown = try #require(try history.entries(in: store).first { $0.shift != nil })
        #expect(shown.shift == 26 && shown.run.run > 26)
        #expect(shown.record["shift"] == .integer(26))
        #expect(shown.mark?.contains("shift from run 26") == true)
        #expect(try history.picture(in: store).points.filter(\.beginsShift).map(\.run) == [26])
    }

    @Test func `groups never average runs of several configurations: what differs is added to them`() throws {
        for architecture in ["plain", "batchnorm"] {
            for (width, seed) in [(50, 0), (50, 1), (100, 0), (100, 0)] as [(Int64, Int64)] {
                try small.record { run in
                    run.architecture = architecture
                    run.seed = seed
                    run.params = [("width", width == 50 ? .text("50") : .integer(width)), ("lr", .real(0.1))]
                    run.metrics = [("acc", [(0, Double(width + seed))])]
                }
            }
        }
        let history = try History(metric: "acc", nil, in: store)
        let groups = try history.groups(by: .param("width"), in: store)
        #expect(groups.added == ["architecture"])
        #expect(groups.groups.map(\.summary.count) == [2, 1, 2, 1])
        #expect(groups.groups.map(\.summary.mean) == [50.5, 100, 50.5, 100])
        #expect(groups.replicates == 2 && groups.notes.count == 2)
        #expect(groups.groups[1].firstRun == 4 && groups.groups[1].lastRun == 4)
        #expect(groups.record(of: groups.groups[3])["architecture"] == .string("batchnorm"))
        let pure = try History(metric: "acc", "architecture = 'plain'", in: store).groups(
            by: .param("width"),
            in: store
        )
        #expect(pure.added.isEmpty && pure.keys(of: history.quantity).first == "group")
    }

    @Test func `a name that is not there is missing, and a filter that fits nothing gives nothing`() throws {
        try record([1])
        let other = try small.record { run in
            run.architecture = "mlp"
            run.layers = [("fc1", "pooled", [1])]
        }
        #expect(try History("conv1", "seed = 9", in: store).entries(in: store).isEmpty)
        #expect(try History(metric: "acc", "seed = 9", in: store).entries(in: store).isEmpty)
        #expect(try History("conv1", "seed = 9", in: store).groups(by: .day, in: store).groups.isEmpty)
        for error: QuestionError? in [
            failure { _ = try History("conv9", nil, in: store) },
            failure { _ = try History(metric: "acy", nil, in: store) },
            failure { _ = try History("conv1", nil, measure: MeasureWord("dead"), in: store) },
            failure { _ = try StepHistory("\(other)", layer: "conv1", measure: nil, limit: nil, in: store) },
            failure { _ = try StepHistory("\(other)", metric: "acc", limit: nil, in: store) },
        ] { #expect(error?.isMissing == true, "\(String(describing: error))") }
    }

    @Test func `one run is listed by step, of a metric too`() throws {
        try record([3])
        var values: [Double] = []
        try StepHistory("1", metric: "acc", limit: nil, in: store).forEachEntry(in: store) { values.append($0.value) }
        #expect(values == [0, 3])
    }

    private func failure(_ body: () throws -> Void) -> QuestionError? {
        do { try body() } catch let error as QuestionError { return error } catch { return nil }
        return nil
    }
}
