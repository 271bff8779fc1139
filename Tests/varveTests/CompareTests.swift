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
        #expect(trunk.contains("it is 1.00 after the norm at"))
        #expect(trunk.contains("metric  A"))
        #expect(trunk.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(trunk)")
        let branch = try place.varve("compare", "plain", "branchnorm").output
        #expect(branch.contains("branchnorm: each block adds 0.6"))
        #expect(branch.contains("input, preactivation: identical"))

        let values = try compare("plain", "batchnorm")
        let growth = try #require(values["growth"] as? [String: Any])
        let (plain, norm) = (growth["a"] as? [String: Any], growth["b"] as? [String: Any])
        #expect(plain?["model"] as? String == "exponential")
        #expect(abs(plain?["shape"] as? Double ?? 1) < 0.5)
        #expect(norm?["model"] as? String == "flat")
        #expect((growth["ratio"] as? Double ?? 1) < 0.6)
        // The fifth is after the norm.
        #expect(norm?["layers"] as? [String] == ["residual1", "residual2", "residual3", "residual4"])
        let input = try layer("input", values)
        #expect(input["ratio"] as? Double == 1)
        #expect(input["identical"] as? Bool == true)
        #expect(input["p"] is NSNull)
        #expect(try layer("residual5", values)["after_norm"] as? Bool == true)
        #expect((try layer("residual3", values)["p_holm"] as? Double ?? 1) < 0.001)
        #expect(values["differs"] as? [String] == ["architecture"])
        #expect((values["metrics"] as? [[String: Any]])?.map { $0["metric"] as? String } == ["loss"])
    }

    @Test func `several groups, effects to detect and groups by value are asked for on the command line`() throws {
        try run("plain", "batchnorm", "layernorm", "--seeds", "0-4")
        try run("plain", "--seeds", "0-4", "--momentum", "0.5")
        let three = try place.varve(
            "compare",
            "architecture = 'plain' AND params.momentum = 0.9",
            "batchnorm",
            "layernorm",
            "--detect",
            "1.05",
            "--detect",
            "loss=0.01"
        )
        #expect(three.status == 0, "\(three.error)")
        #expect(three.output.contains("and C (layernorm) differ only in architecture"))
        #expect(three.output.contains("seeds to show a ratio of 1.05 with 80 % power: "))
        #expect(three.output.contains("seeds to show a difference of 0.01 with 80 % power: loss "))
        let found = try compare(
            "--by",
            "params.momentum",
            "architecture = 'plain'",
            "--baseline",
            "0.9",
            "--metric",
            "none"
        )
        #expect((found["a"] as? [String: Any])?["label"] as? String == "params.momentum = 0.9")
        #expect(found["differs"] as? [String] == ["momentum"])
        #expect((found["metrics"] as? [Any])?.isEmpty == true)
        let ignored = try compare("plain", "batchnorm", "--ignore", "params.momentum", "--unpaired")
        #expect(ignored["ignored"] as? [String] == ["params.momentum"])
        #expect(ignored["test"] as? String == "welch")
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
        #expect(none.error.contains("'layernorm' has no finished run"))
        let refused: [([String], Int32)] = [
            (["plain", "seed <"], 64), (["plain"], 64), (["plain", "batchnorm", "--step", "last"], 64),
            (["plain", "batchnorm", "--ignore", "momentum"], 64), (["plain", "batchnorm", "--detect", "1"], 64),
            (["plain", "batchnorm", "--paired", "--unpaired"], 64), (["plain", "batchnorm", "--baseline", "1"], 64),
            (["--by", "day"], 64), (["--by", "params.momentum", "--baseline", "7"], 66),
            (["batchnorm", "batchnorm", "--metric", "acc"], 66), (["batchnorm", "batchnorm", "--measure", "dead"], 66),
            (["batchnorm", "batchnorm", "--step", "9"], 66),
        ]
        for (words, status) in refused {
            let outcome = try place.varve(["compare"] + words)
            #expect(outcome.status == status && outcome.complaints.count >= 1, "\(words): \(outcome.error)")
        }
        for (words, meant) in [
            (["--by", "params.momntum"], "momentum"), (["batchnorm", "batchnorm", "--measure", "varance"], "variance"),
        ] {
            let outcome = try place.varve(["compare"] + words)
            #expect(outcome.status == 66)
            #expect(outcome.error.contains("did you mean \(meant)?"), "\(outcome.error)")
        }
    }

    @Test func `csv has one row a layer or metric and pair, and the picture has all groups`() throws {
        try run("plain", "batchnorm", "layernorm", "--seeds", "0-2")
        let words = ["plain", "batchnorm", "layernorm", "--format", "csv", "--plot", "p.svg"]
        let outcome = try place.varve(["compare"] + words)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 17)
        #expect(lines[0].hasPrefix("kind,b_label,layer,name,position,after_norm,metric,a_n,a_mean,a_sd"))
        #expect(lines[8].hasPrefix("metric,batchnorm,,,,,loss,3,"))
        #expect(lines[16].hasPrefix("metric,layernorm,"))
        #expect(Set(lines.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }).count == 1)
        let picture = try String(contentsOfFile: place.file("p.svg"), encoding: .utf8)
        #expect(picture.hasPrefix("<svg"))
        #expect(["plain", "batchnorm", "layernorm"].allSatisfy { picture.contains($0) })
    }

    @Test func `different architectures of logged runs are never averaged`() throws {
        for (architecture, seed) in [("resnet", 0), ("resnet", 1), ("vgg", 0), ("vgg", 1)] {
            try record([1.5 + Double(seed), 3], "--architecture", architecture, "--seed", "\(seed)")
        }
        #expect(try compare("resnet", "vgg")["differs"] as? [String] == ["architecture"])
        let mixed = try place.varve("compare", "seed < 2", "vgg")
        #expect(mixed.status == 65)
        #expect(mixed.error.contains("architecture ('resnet', 'vgg')"), "\(mixed.error)")
        #expect(try place.varve("compare", "resnet", "resnet").output.contains(": no difference is known"))
    }

    @Test func `a param of which each run has its own value is named by every picture, and can be left out`() throws {
        for seed in 0..<3 {
            try record([1.5 + Double(seed), 3], "--architecture", "cnn", "--param", "my out=r/\(seed)")
        }
        let pictures = [["profile"], ["curves", "residual1"], ["history", "residual1"]]
        for words in pictures.map({ ["plot"] + $0 + ["--output", "p.svg"] }) + [["history", "residual1"]] {
            let outcome = try place.varve(words)
            #expect(outcome.status == 0)
            #expect(outcome.error.contains("--ignore 'params.`my out`' changes that"), "\(words): \(outcome.error)")
            #expect(!(try place.varve(words + ["--ignore", "params.`my out`"]).error.contains("of its own")))
        }
    }

    @Test func `the measure that an error offers can be typed`() throws {
        let lines = #"{"layer": "a", "measure": "per channel"}\n{"step": 0, "variances": {"a": 1, "b": 2}}"#
        try Data(lines.replacing(#"\n"#, with: "\n").utf8).write(to: URL(fileURLWithPath: place.file("lines")))
        #expect(try place.varve(["log", "--measure", "whole"], input: place.file("lines")).status == 0)
        let refused = try place.varve("plot", "training", "1", "--output", "p.svg")
        #expect(refused.status == 65 && refused.error.contains("--measure 'per channel' chooses one"))
    }

    @Test func `runs without a seed are runs of their own, in the growth and in the picture`() throws {
        for index in 0..<6 {
            let start = 1.9 + 0.05 * Double(index)
            try record([start, 2 * start, 4 * start], "--architecture", index < 3 ? "one" : "net+other 2")
        }
        let outcome = try place.varve("compare", "one", "net+other 2", "--plot", "p.svg")
        #expect(outcome.status == 0, "\(outcome.error)")
        let growth = try #require(try compare("one", "net+other 2")["growth"] as? [String: Any])
        #expect(abs(((growth["a"] as? [String: Any])?["factor"] as? Double ?? 0) - 2) < 1e-9)
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
