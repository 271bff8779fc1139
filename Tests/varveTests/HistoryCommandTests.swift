import Foundation
import Testing

/// What `varve history` and `varve plot` show of recorded runs.
@Suite struct HistoryCommandTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    private func record(_ arguments: String...) throws {
        let outcome = try place.varve(["run"] + arguments + ["--weights", "none", "--quiet"])
        #expect(outcome.status == 0, "\(outcome.error)")
    }

    @Test func `the values of history are those of the views, and the change is their difference`() throws {
        try record("plain", "batchnorm", "--seeds", "0-3")
        let expected = try place.rows(
            "SELECT run, variance FROM variances WHERE layer = 'After third residual connection' ORDER BY run"
        )
        let outcome = try place.varve("history", "residual3", "--format", "json")
        let objects = try outcome.objects()
        #expect(objects.map { $0["run"] as? Int } == Array(1...8))
        let csv = try place.varve("history", "after THIRD residual connection", "--format", "csv")
        // Foundation reads numbers in JSON less exactly than they are written.
        let rows = csv.output.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(rows.map { "\($0[0]),\($0[8])" } == expected)
        #expect(rows.prefix(2).map { $0[9] } == ["", ""])
        for (row, before) in zip(rows.dropFirst(2), rows) {
            #expect(Double(row[9]) == (Double(row[8]) ?? 0) - (Double(before[8]) ?? 0))
        }
        #expect(
            Set(objects[0].keys) == [
                "run", "uuid", "architecture", "seed", "started", "step", "layer", "name", "variance", "change",
                "band_low", "band_high", "outside", "shift", "measure",
            ]
        )
        let limited = try place.varve("history", "residual3", "--limit", "2", "--format", "json").objects()
        #expect(limited.map { $0["run"] as? Int } == [7, 8])
    }

    @Test func `the sixth run has a band, and a run equal to one of its seed is not marked`() throws {
        try record("plain", "--seeds", "0-5")
        try record("plain", "--seed", "0")
        let objects = try place.varve("history", "--format", "json").objects()
        #expect(objects.map { $0["band_low"] is NSNull } == [true, true, true, true, true, false, false])
        #expect(objects.last?["outside"] as? Bool == false)
        #expect(objects.last?["name"] as? String == "residual5")
    }

    @Test func `groups summarise the runs of a filter`() throws {
        try record("plain", "batchnorm", "--seeds", "0-2")
        let groups = try place.varve(
            "history",
            "residual5",
            "seed < 2",
            "--group-by",
            "architecture",
            "--format",
            "json"
        ).objects()
        #expect(groups.map { $0["group"] as? String } == ["plain", "batchnorm"])
        #expect(groups.map { $0["n"] as? Int } == [2, 2])
        let mean = try place.rows(
            "SELECT avg(variance) FROM variances WHERE position = 6 AND architecture = 'plain' AND seed < 2"
        )
        let expected = try #require(Double(mean.first ?? ""))
        #expect(abs((groups[0]["mean"] as? Double ?? 0) / expected - 1) < 1e-14)
        #expect(groups[0]["last_run"] as? Int == 3)
    }

    @Test func `one run is shown by step, in numbers that are not finite as well`() throws {
        try record("plain", "--learning-rate", "1000", "--steps", "12")
        let steps = try place.varve("history", "residual2", "--run", "1", "--format", "json").objects()
        #expect(steps.map { $0["step"] as? Int } == Array(0..<12))
        #expect(steps.last?["variance"] as? String == "NaN")
        let last = try place.varve("history", "residual2", "--run", "1", "--limit", "3", "--format", "json").objects()
        #expect(last.map { $0["step"] as? Int } == [9, 10, 11])
        #expect(try place.varve("history", "residual2", "--run", "1", "--step", "3").status == 64)
    }

    @Test func `runs are grouped by the commit of the folder they were started in`() throws {
        func git(_ words: String) throws -> String {
            let identity = "-c user.name=v -c user.email=v@example.org"
            let outcome = try place.shell("git -C '\(place.path)' \(identity) \(words)")
            #expect(outcome.status == 0, "\(outcome.error)")
            return outcome.output.trimmingCharacters(in: .newlines)
        }
        try record("plain", "--seed", "0")
        _ = try git("init --quiet")
        var commits: [String?] = [nil]
        for seed in 1...2 {
            _ = try git("commit --quiet --allow-empty --message step")
            commits.append(try git("rev-parse HEAD"))
            try record("plain", "--seed", "\(seed)")
        }
        let arguments = ["history", "residual5", "--group-by", "commit", "--format", "json"]
        let groups = try place.varve(arguments).objects()
        #expect(groups.map { $0["group"] as? String } == commits)
        #expect(groups.map { $0["first_run"] as? Int } == [1, 2, 3])
    }

    @Test func `variances that were measured in different ways are put into no group and no picture together`() throws {
        for measure in ["pooled", "unbiased"] {
            let file = place.file(measure)
            try Data(#"{"step": 0, "layer": "conv1", "variance": 2}"#.utf8).write(to: URL(fileURLWithPath: file))
            let options = [
                "log", "--end-of-input", "finished", "--architecture", measure, "--measure", measure, "--quiet",
            ]
            #expect(try place.varve(options, input: file).status == 0)
        }
        for words in [
            ["history", "conv1", "--group-by", "experiment"], ["plot", "history", "conv1", "--output", "p.svg"],
        ] {
            let outcome = try place.varve(words)
            #expect(outcome.status == 65)
            #expect(outcome.error.contains("pooled, unbiased"), "\(outcome.error)")
            let name = (words.firstIndex(of: "conv1") ?? 0) + 1
            let chosen = words.prefix(name) + ["architecture = 'pooled'"] + words.dropFirst(name)
            #expect(try place.varve(Array(chosen)).status == 0)
        }
        let compared = try place.varve("compare", "pooled", "unbiased")
        #expect(compared.status == 65)
        #expect(compared.error.contains("never put together"), "\(compared.error)")
    }

    @Test func `an unknown layer is refused with the layers there are, and a broken filter with its place`() throws {
        try record("plain")
        let unknown = try place.varve("history", "residual9")
        #expect(unknown.status == 66)
        #expect(unknown.error.contains("input, preactivation, residual1"))
        let broken = try place.varve("history", "residual3", "archi = 'plain'")
        #expect(broken.status == 64)
        #expect(broken.error.contains("^"))
        let empty = try place.varve("history", "residual3", "seed = 77", "--format", "json")
        #expect(empty.output == "[]\n")
        #expect(try place.varve("history", "--run", "5").status == 66)
    }

    @Test func `pictures are whole SVG files, and a picture of nothing is refused`() throws {
        try record("plain", "batchnorm", "--seeds", "0-6", "--steps", "3")
        for words in [["profile"], ["profile", "plain", "3"], ["history", "residual5"], ["training", "2"]] {
            let outcome = try place.varve(["plot"] + words + ["--output", "picture.svg"])
            #expect(outcome.status == 0, "\(words): \(outcome.error)")
            #expect(outcome.complaints == ["wrote picture.svg"])
            let data = try Data(contentsOf: URL(fileURLWithPath: place.file("picture.svg")))
            #expect(data.starts(with: Data("<svg".utf8)) && data.dropLast().hasSuffix("</svg>"))
        }
        for (words, shown) in [
            (["curves", "loss"], "loss"), (["curves", "residual5", "2", "3"], "After fifth residual connection"),
            (["scatter", "seed", "loss"], "seed"),
        ] {
            #expect(try place.varve(["plot"] + words + ["--output", "-"]).output.contains(shown), "\(words)")
        }
        #expect(try place.varve("plot", "training", "1", "--output", "-").output.hasPrefix("<svg"))
        #expect(try place.varve("plot", "profile", "layernorm", "--output", "none.svg").status == 66)
        #expect(try place.varve("plot", "history", "residual5", "seed > 50", "--output", "none.svg").status == 66)
        #expect(try place.varve("plot", "training", "1", "--output", "no/folder/x.svg").status == 73)
        #expect(FileManager.default.fileExists(atPath: place.file("none.svg")) == false)
    }

    @Test func `a picture is PNG or PDF by its ending, through rsvg-convert alone`() throws {
        try record("plain")
        // A stand-in on PATH that says what it was given.
        let folder = place.file("bin")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        func stand(in script: String) throws {
            try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: folder + "/rsvg-convert"))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/rsvg-convert")
        }
        func plot(_ file: String, path: String) throws -> Outcome {
            try place.varve(
                "plot",
                "training",
                "1",
                "--theme",
                "dark",
                "--output",
                file,
                environment: ["PATH": path]
            )
        }
        try stand(in: "echo \"$@\"; while read -r line; do echo \"$line\"; done")
        #expect(try plot("p.PNG", path: folder).status == 0)
        let text = try String(contentsOf: URL(fileURLWithPath: place.file("p.PNG")), encoding: .utf8)
        #expect(text.hasPrefix("--format png") && text.contains("<svg") && text.contains("#14181d"))
        try stand(in: "echo 'no room' >&2; exit 3")
        let failed = try plot("q.pdf", path: folder)
        #expect(failed.status == 74 && failed.complaints.count == 1 && failed.error.contains("no room"))
        let missing = try plot("q.pdf", path: place.path)
        #expect(missing.status == 74 && missing.complaints.count == 1 && missing.error.contains("librsvg2-bin"))
        #expect(FileManager.default.fileExists(atPath: place.file("q.pdf")) == false)
    }

    @Test func `names that are not there are missing, and options that do not go together are a wrong use`() throws {
        try record("plain")
        for words in [
            ["history", "--metric", "none"], ["history", "residual9", "--run", "1"],
            ["plot", "curves", "x", "--output", "-"],
            ["plot", "scatter", "x", "loss", "--output", "-"], ["history", "residual5", "--measure", "dead"],
        ] {
            let outcome = try place.varve(words)
            #expect(outcome.status == 66 && outcome.complaints.count == 1, "\(words): \(outcome.error)")
        }
        for words in [
            ["history", "--metric", "loss", "--measure", "dead"],
            ["history", "residual5", "seed = 1", "--metric", "loss"],
            ["history", "--run", "1", "--ignore", "params.x"], ["history", "--ignore", "(", "residual5"],
        ] { #expect(try place.varve(words).status == 64, "\(words)") }
        #expect(try place.varve("history", "--metric", "loss", "seed = 9", "--format", "json").output == "[]\n")
        #expect(
            try place.varve("history", "--metric", "loss", "--run", "1", "--format", "csv").output.contains(
                "metric,value"
            )
        )
    }
}

extension Data {
    fileprivate func hasSuffix(_ text: String) -> Bool { suffix(text.utf8.count) == Data(text.utf8) }
}
