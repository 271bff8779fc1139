import Foundation
import Testing

@Suite struct CompareTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    private func run(_ arguments: String...) throws {
        let outcome = try place.varve(["run"] + arguments + ["--width", "20", "--weights", "none", "--quiet"])
        #expect(outcome.status == 0, "\(outcome.error)")
    }

    private func compare(_ arguments: String...) throws -> [String: Any] {
        let outcome = try place.varve(["compare"] + arguments + ["--format", "json"])
        #expect(outcome.status == 0, "\(outcome.error)")
        return try #require(try outcome.json() as? [String: Any])
    }

    private func layer(_ name: String, _ comparison: [String: Any]) throws -> [String: Any] {
        let layers = try #require(comparison["layers"] as? [[String: Any]])
        return try #require(layers.first { $0["name"] as? String == name })
    }

    private func notes(_ comparison: [String: Any]) -> String {
        (comparison["notes"] as? [String] ?? []).joined(separator: "\n")
    }

    @Test func `plain multiplies, batch norm stays flat and branchnorm adds, in words and numbers`() throws {
        #expect(
            try place.varve("run", "plain", "batchnorm", "branchnorm", "--seeds", "0-9", "--weights", "none").status
                == 0
        )
        let trunk = try place.varve("compare", "plain", "batchnorm").output
        #expect(trunk.hasPrefix("A (plain) and B (batchnorm) differ only in architecture\n"))
        #expect(trunk.contains("10 seeds, paired, at step 0\nthe same: dataset, initial weights, batch order\n"))
        #expect(trunk.contains("plain: each block multiplies the variance by 1.7"))
        #expect(trunk.contains("exponential over"))
        #expect(trunk.contains("batchnorm: the variance stays near 1.6"))
        #expect(trunk.contains("flat: a factor of 0.99"))
        #expect(trunk.contains("it is 1.00 behind the norm at"))
        #expect(trunk.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(trunk)")
        let branch = try place.varve("compare", "plain", "branchnorm").output
        #expect(branch.contains("branchnorm: each block adds 0.6"))
        #expect(branch.contains("input, preactivation: identical"))

        let values = try compare("plain", "batchnorm")
        let growth = try #require(values["growth"] as? [String: [String: Any]])
        #expect(growth["a"]?["model"] as? String == "exponential")
        #expect(growth["b"]?["model"] as? String == "flat")
        // The fifth is behind the norm.
        #expect(growth["b"]?["layers"] as? [String] == ["residual1", "residual2", "residual3", "residual4"])
        let input = try layer("input", values)
        #expect(input["ratio"] as? Double == 1)
        #expect(input["identical"] as? Bool == true)
        #expect(input["p"] is NSNull)
        #expect(try layer("residual5", values)["after_norm"] as? Bool == true)
        #expect((try layer("residual3", values)["p_holm"] as? Double ?? 1) < 0.001)
        #expect(values["differs"] as? [String] == ["architecture"])
    }

    @Test func `the mean log difference of the recorded values is the ratio`() throws {
        try run("plain", "batchnorm", "--seeds", "3-5")
        let rows = try place.rows("SELECT variance FROM variances WHERE position = 4 ORDER BY architecture, seed")
        let variances = rows.compactMap(Double.init)
        #expect(variances.count == 6)
        let differences = zip(variances.prefix(3), variances.suffix(3)).map { log($0 / $1) }
        let found = try layer("residual3", compare("plain", "batchnorm"))
        let ratio = try #require(found["ratio"] as? Double)
        #expect(abs(ratio / exp(differences.reduce(0, +) / 3) - 1) < 1e-12)
        #expect(try place.varve("compare", "plain", "batchnorm").output.contains("unstable"))
    }

    @Test func `replicates count once and seeds without a partner are named`() throws {
        try run("plain", "--seeds", "0-4")
        try run("plain", "--seed", "2")
        try run("batchnorm", "--seeds", "1-6")
        let found = try compare("plain", "batchnorm")
        #expect(found["seeds"] as? [Int] == [1, 2, 3, 4])
        let unpaired = try #require(found["unpaired_seeds"] as? [String: [Int]])
        #expect(unpaired == ["a": [0], "b": [5, 6]])
        // The newest of the two.
        #expect((found["a"] as? [String: Any])?["runs"] as? [Int] == [1, 2, 4, 5, 6])
        #expect(notes(found).contains("A: 1 run left out, for a newer one"))
        #expect(notes(found).contains("B: 2 seeds left out, for the other side lacks them: 5-6"))
        let side = try #require(try layer("input", found)["a"] as? [String: Any])
        #expect(side["n"] as? Int == 4)
    }

    @Test func `a run against a run gives the ratio alone`() throws {
        try run("plain", "batchnorm")
        let found = try compare("1", "2")
        #expect(found["paired"] as? Bool == false)
        let layer = try layer("residual2", found)
        #expect(layer["ratio"] is Double)
        #expect(layer["ratio_low"] is NSNull)
        #expect(layer["p"] is NSNull)
        let output = try place.varve("compare", "1", "2").output
        #expect(output.contains("the ratio alone"))
    }

    @Test func `layers that one side alone has stand with the other side empty`() throws {
        try run("plain", "--seeds", "0-2", "--blocks", "3")
        try run("plain", "--seeds", "0-2", "--blocks", "4")
        let found = try compare("params.blocks = 3", "params.blocks = 4")
        #expect(found["differs"] as? [String] == ["blocks"])
        let layer = try layer("residual4", found)
        #expect((layer["a"] as? [String: Any])?["n"] as? Int == 0)
        #expect((layer["b"] as? [String: Any])?["n"] as? Int == 3)
        #expect(layer["ratio"] is NSNull)
        #expect(notes(found).contains("B alone has residual4"))
    }

    @Test func `a recorded step can be chosen and different last steps are told`() throws {
        try run("plain", "--seeds", "0-1", "--steps", "5", "--record-every", "2")
        try run("batchnorm", "--seeds", "0-1", "--steps", "3")
        #expect(try compare("plain", "batchnorm", "--step", "2")["step"] as? Int == 2)
        let final = try compare("plain", "batchnorm")
        #expect(final["step"] as? String == "final")
        #expect(notes(final).contains("the last recorded steps differ: A 4, B 2"))
        let missing = try place.varve("compare", "plain", "batchnorm", "--step", "1")
        #expect(missing.status == 66)
        #expect(missing.error.contains("A ('plain') did not record step 1; a step that both sides have is --step 2"))
    }

    @Test func `what cannot be compared is refused with what to do`() throws {
        try run("plain", "--seeds", "0-1")
        try run("plain", "--seeds", "0-1", "--momentum", "0.5")
        try run("batchnorm", "--seeds", "0-1")
        let mixed = try place.varve("compare", "plain", "batchnorm")
        #expect(mixed.status == 65)
        #expect(mixed.error.contains("params.momentum (0.9, 0.5)"), "\(mixed.error)")
        // What it says to do is done.
        let advice = try #require(mixed.error.split(separator: "\"").dropFirst().first)
        #expect(try place.varve("compare", String(advice), "batchnorm").status == 0)

        let none = try place.varve("compare", "batchnorm", "layernorm")
        #expect(none.status == 66)
        #expect(none.error.contains("B ('layernorm')"))
        #expect(try place.varve("compare", "plain", "seed <").status == 64)
        #expect(try place.varve("compare", "plain", "batchnorm", "--step", "last").status == 64)
    }

    @Test func `values that are not finite are counted and kept out of every figure`() throws {
        try run("plain", "--seeds", "0-2")
        try run("plain", "--seeds", "0-1", "--learning-rate", "1000", "--steps", "9")
        let found = try compare("params.learning_rate = 1000", "params.learning_rate = 0.05 AND architecture = 'plain'")
        let side = try #require(try layer("residual5", found)["a"] as? [String: Any])
        #expect(side["n"] as? Int == 0)
        #expect(side["non_finite"] as? Int == 2)
        #expect(side["mean"] is NSNull)
        #expect(try layer("residual5", found)["ratio"] is NSNull)
        let told = notes(found).split(separator: "\n").filter { $0.hasPrefix("A, ") }
        #expect(told.count == 1)
        #expect(told.first?.contains("residual4, residual5: 2 values not finite, counted and left out") == true)
        #expect((found["growth"] as? [String: Any])?["a"] is NSNull)
    }

    @Test func `csv has every figure and the picture has both sides`() throws {
        try run("plain", "batchnorm", "--seeds", "0-2")
        let outcome = try place.varve("compare", "plain", "batchnorm", "--format", "csv", "--plot", "p.svg")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 8)
        #expect(
            lines[0].hasPrefix(
                "layer,name,position,after_norm,measure,a_n,a_mean,a_sd,a_median,a_min,a_max,a_non_finite"
            )
        )
        #expect(Set(lines.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }) == [28])
        let picture = try String(contentsOfFile: place.file("p.svg"), encoding: .utf8)
        #expect(picture.hasPrefix("<svg"))
        #expect(picture.contains("plain") && picture.contains("batchnorm"))
    }

    @Test func `logged runs of two architectures differ in them, whatever their params, and are never averaged`() throws
    {
        for (architecture, seed) in [("resnet", 0), ("resnet", 1), ("vgg", 0), ("vgg", 1)] {
            try record([1.5 + Double(seed), 3], "--architecture", architecture, "--seed", "\(seed)")
        }
        #expect(try compare("resnet", "vgg")["differs"] as? [String] == ["architecture"])
        #expect(
            try place.varve("compare", "resnet", "vgg").output.hasPrefix(
                "A (resnet) and B (vgg) differ in architecture\n"
            )
        )
        let mixed = try place.varve("compare", "seed < 2", "vgg")
        #expect(mixed.status == 65)
        #expect(mixed.error.contains("architecture ('resnet', 'vgg')"), "\(mixed.error)")
        #expect(try place.varve("compare", "resnet", "resnet").output.contains(": no difference is known"))
    }

    @Test func `runs without a seed are runs of their own, in the growth and in the picture`() throws {
        for index in 0..<6 {
            let start = 1.9 + 0.05 * Double(index)
            try record([start, 2 * start, 4 * start], "--architecture", index < 3 ? "one" : "net+other 2")
        }
        let outcome = try place.varve("compare", "one", "net+other 2", "--plot", "p.svg")
        #expect(outcome.status == 0, "\(outcome.error)")
        let growth = try #require(try compare("one", "net+other 2")["growth"] as? [String: [String: Any]])
        #expect(abs((growth["a"]?["factor"] as? Double ?? 0) - 2) < 1e-9)
        let picture = try String(contentsOfFile: place.file("p.svg"), encoding: .utf8)
        #expect(picture.contains("one (n = 3)") && picture.contains("net+other 2 (n = 3)"))
        // What the numbers are was not said.
        #expect(!picture.contains("population"))
    }

    @Test func `one common seed of many makes no group equal`() throws {
        try run("plain", "--seeds", "0-2")
        try run("batchnorm", "--seeds", "2-4")
        let equal = try #require(try compare("plain", "batchnorm")["equal"] as? [String: Bool])
        #expect(equal == ["dataset": true, "initial_weights": false, "batch_order": false])
    }

    /// Logs a run of some residual sums.
    private func record(_ sums: [Double], _ options: String...) throws {
        let file = place.file("lines")
        let lines = sums.enumerated().map {
            #"{"step": 0, "layer": "residual\#($0.offset + 1)", "variance": \#($0.element)}"#
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: file))
        #expect(try place.varve(["log", "--quiet", "--end-of-input", "finished"] + options, input: file).status == 0)
    }
}
