import Testing

/// `varve run --record`.
@Suite struct RecordTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    @Test func `all measures are recorded, told under their names, and proved`() throws {
        let record = ["--record", "variance,second_moment,gradient,dead", "--width", "20"]
        let told = try place.varve(["run", "plain"] + record)
        #expect(told.status == 0, "\(told.error)")
        let lines = told.output.split(separator: "\n").filter { $0.contains("=") }
        try #require(lines.count == 26)
        #expect(lines[0].hasPrefix("Input variance="))
        #expect(lines[7].hasPrefix("Input second_moment="))
        #expect(lines[25].hasPrefix("After fourth residual connection dead_share="))

        let runs = try place.varve(["run", "batchnorm", "--seed", "3", "--format", "json"] + record).objects()
        let values = try #require(runs.first?["variances"] as? [[String: Any]])
        let measures = values.compactMap { $0["measure"] as? String }
        #expect(measures.filter { $0 == "gradient_second_moment" }.count == 7)
        #expect(measures.count == 26)
        #expect(try place.varve("verify", "--all").output == "2 identical\n")

        let again = try place.varve(["run", "plain", "--resume"] + record)
        #expect(again.status == 0 && again.error.contains("1 of 1 runs were there already"), "\(again.error)")
        let summary = try place.varve(["run", "plain", "--seeds", "1-2"] + record)
        #expect(summary.output.contains("First preactivation, dead_share"))
    }

    @Test(arguments: [
        ("loss", "there is no measure 'loss'"), ("", "there is no measure ''"),
        ("variance,variance", "'variance' is given twice"), ("second-moment,second_moment", "given twice"),
    ])
    func `a word that is no measure is refused before a store is made`(_ words: String, _ complaint: String) throws {
        let outcome = try place.varve("run", "plain", "--record", words)
        #expect(outcome.status == 64)
        #expect(outcome.complaints.count == 1 && outcome.error.contains(complaint), "\(outcome.error)")
        #expect(try place.varve("runs").status == 66)
    }
}
