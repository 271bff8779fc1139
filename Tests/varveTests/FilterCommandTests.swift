import Foundation
import Testing

/// `varve runs` with filters, orders and columns.
@Suite struct FilterCommandTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        #expect(try place.varve("run", "plain", "batchnorm", "--seeds", "0-2", "--weights", "none").status == 0)
        #expect(try place.varve("run", "plain", "--width", "50", "--tag", "x=10", "--note", "it drifts").status == 0)
    }

    private func numbers(_ arguments: String...) throws -> [Int] {
        let outcome = try place.varve(["runs", "--format", "json"] + arguments)
        #expect(outcome.status == 0, "\(outcome.error)")
        return try outcome.objects().compactMap { $0["run"] as? Int }
    }

    @Test func `filter, order and limit decide which runs are listed and how`() throws {
        #expect(try numbers("architecture = 'plain' AND (seed < 2 OR tags.note LIKE '%drift%')") == [7, 3, 1])
        #expect(
            try numbers("variance.residual5 > 20 AND params.width IN (100, 200)", "--sort", "-variance.residual5") == [
                5, 3, 1,
            ]
        )
        #expect(try numbers("--sort", "architecture,-seed,number", "--limit", "4") == [6, 4, 2, 5])
        #expect(try numbers("tags.x > 9", "--limit", "0") == [])
        #expect(
            try numbers("dataset = 'mnist1d' AND started > '2020-01-01' AND started < '2199-01-01T00:00+02:00'").count
                == 7
        )
    }

    @Test func `a name that nothing has is reported where no run is found`() throws {
        for (filter, words, meant) in [
            ("variance.residul3 > 2", "no run has a layer 'residul3'", ": did you mean residual3?"),
            ("params.widht = 50", "no run has a param 'widht'", ": did you mean width?"),
            ("metrics.losss < 2", "no run has a metric 'losss'", ": did you mean loss?"),
            ("architecture = 'plian'", "no run has the architecture 'plian'", ": did you mean plain?"),
            (
                "architecture IN ('plian', 'plain') AND seed > 9", "no run has the architecture 'plian'",
                ": did you mean plain?"
            ),
            ("experiment = 'Defualt'", "there is no experiment 'Defualt'", ": did you mean Default?"),
            ("seed = 1 AND NOT (tags.y = 1 OR metrics.los > 0)", "no run has a tag 'y'", ""),
        ] {
            let outcome = try place.varve("runs", filter)
            #expect(outcome.status == 0)
            #expect(outcome.complaints == [(words + meant)[...]])
            #expect(try place.varve("verify", filter).error.contains("\(words))\(meant)"))
        }
        #expect(try place.varve("runs", "params.width = 7").complaints.isEmpty)
    }

    @Test func `whatever is misspelt, the word that was meant is offered`() throws {
        let mistakes: [([String], Int32, String)] = [
            (["rnu"], 64, "run"), (["experiment", "lst"], 64, "list"), (["plot", "profil"], 64, "profile"),
            (["run", "--widht", "3"], 64, "'--width'"), (["run", "plian"], 64, "plain"),
            (["run", "--record", "gradeint"], 64, "gradient"), (["run", "--dataset", "mnist1"], 66, "mnist1d"),
            (["dataset", "show", "mnist1"], 66, "mnist1d"), (["experiment", "rename", "Defualt", "a"], 66, "Default"),
            (["runs", "archtecture = 'plain'"], 64, "architecture"), (["runs", "metrcs.loss < 2"], 64, "metrics.loss"),
            (["runs", "varience.residual5 < 2"], 64, "variance.residual5"),
            (["runs", "--columns", "params.widht"], 66, "width"), (["verify", "metrics.losss < 2"], 66, "loss"),
            (["history", "residaul5"], 66, "residual5"), (["history", "--metric", "los"], 66, "loss"),
            (["history", "residual5", "--group-by", "params.widht"], 66, "width"),
            (["history", "residual5", "--group-by", "parms.width"], 64, "params.width"),
            (["compare", "plian", "batchnorm"], 66, "plain"),
            (["compare", "--by", "arhcitecture"], 64, "architecture"),
            (["compare", "architecture = 'plian'", "batchnorm"], 66, "plain"),
            (["compare", "--by", "params.widht"], 66, "width"),
            (["compare", "batchnorm", "batchnorm", "--metric", "los"], 66, "loss"),
            (["plot", "curves", "los", "--output", "a.svg"], 66, "loss"),
            (["plot", "scatter", "widht", "loss", "--output", "a.svg"], 66, "width"),
            (["plot", "scatter", "params.widht", "loss", "--output", "a.svg"], 66, "width"),
        ]
        for (words, status, meant) in mistakes {
            let outcome = try place.varve(words)
            #expect(outcome.status == status, "\(words): \(outcome.error)")
            let question = "did you mean \(meant.lowercased())?"
            #expect(outcome.error.lowercased().contains(question), "\(words): \(outcome.error)")
        }
        for words in [["compare", "batchnorm", "batchnorm"], ["history", "residual5"]] {
            let outcome = try place.varve(words + ["--ignore", "params.widht"])
            #expect(outcome.status == 0)
            #expect(outcome.error.contains("no run has a param 'widht': did you mean width?\n"), "\(outcome.error)")
        }
    }

    @Test func `columns are those asked for, exact in CSV and rounded for people`() throws {
        let columns = [
            "--columns", "run,param.width,tag.x,metric.loss,variance.\"First preactivation\",status", "tags.x = 10",
        ]
        let csv = try place.varve(["runs", "--format", "csv"] + columns)
        let lines = csv.output.split(separator: "\n")
        #expect(lines.first == "run,param.width,tag.x,metric.loss,\"variance.\"\"First preactivation\"\"\",status")
        #expect(lines.count == 2)
        let fields = try #require(lines.last?.split(separator: ","))
        #expect(fields[0...2] == ["7", "50", "10"])
        let loss = try place.rows("SELECT value FROM run_metrics WHERE run = 7 AND key = 'loss'")
        #expect(loss == [String(fields[3])])
        let table = try place.varve(["runs"] + columns).output
        #expect(table.contains("variance.\"First preactivation\""))
        #expect(table.split(separator: "\n").count == 2)
        // JSON always has all there is.
        #expect(try place.varve(["runs", "--format", "json"] + columns).objects().first?["digests"] != nil)
    }

    @Test func `a filter that cannot be read is shown with a mark under the place`() throws {
        let wide = try place.varve("runs", "tags.日本 = 'a\tb' AND sed = 1")
        #expect(wide.status == 64)
        #expect(wide.output.isEmpty)
        #expect(
            wide.error.hasPrefix(
                """
                varve: there is no field 'sed': did you mean seed?
                  tags.日本 = 'a\\tb' AND sed = 1
                                         ^
                  expected number,
                """
            ),
            "\(wide.error)"
        )
        let long = String(repeating: "seed = 1 AND ", count: 60)
        let cut = try place.varve("runs", long + "seed ~ 5 AND " + long)
        let lines = cut.complaints
        #expect(lines.count == 3)
        #expect(lines.allSatisfy { $0.count <= 100 })
        let column = try #require(Array(lines[2]).firstIndex(of: "^"))
        #expect(Array(lines[1])[column] == "~")
        for arguments in [["--sort", "-colour"], ["--columns", "run,"], [""], ["seed = '\u{1B}[31m"]] {
            let outcome = try place.varve(["runs"] + arguments)
            #expect(outcome.status == 64, "\(arguments)")
            #expect(outcome.error.contains("^"), "\(outcome.error)")
            #expect(!outcome.error.contains("\u{1B}"))
        }
    }

    @Test func `garbage ends with one status and never with SQL`() throws {
        for text in [
            "'; DROP TABLE runs; --", "seed = 1; DELETE FROM runs", "1=1", "seed=1 UNION SELECT 1", "?1", "seed = ?1",
            "((((((((((", "seed IN (SELECT 1)", "\\", "\u{202E}seed", "tags.`", "seed = 1 /*", "%", "COUNT(*) > 1",
        ] {
            let outcome = try place.varve("runs", text)
            #expect(outcome.status == 64, "\(text)")
            #expect(outcome.error.hasPrefix("varve: "))
            for word in ["SQLite", "syntax error", "SELECT runs"] { #expect(!outcome.error.contains(word)) }
        }
        #expect(try place.rows("SELECT count(*) FROM runs") == ["7"])
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `shells complete architectures, layers, formats and commands`(_ shell: String) throws {
        let outcome = try place.varve("--generate-completion-script", shell)
        #expect(outcome.status == 0)
        for word in ["branchnorm", "variance.residual3", "metrics.loss", "markdown", "runs", "columns"] {
            #expect(outcome.output.contains(word), "\(word)")
        }
        // zsh names a variable after each argument.
        let variables = outcome.output.split(separator: "\n").filter { $0.contains("local -ar ") }
        for line in variables { #expect(line.wholeMatch(of: /\s*local -ar \w+=.*/) != nil, "\(line)") }
    }

    @Test func `bash completes the layers and architectures that the store has`() throws {
        #expect(try place.varve("run", "plain", "--blocks", "6", "--weights", "none", "--quiet").status == 0)
        func completions(_ line: String) throws -> String {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            let script = """
                PATH="$(dirname "$0"):$PATH"; source <(varve --generate-completion-script bash)
                COMP_WORDS=(\(line)); COMP_CWORD=\(words.count - 1); COMP_LINE='\(line)'; COMP_POINT=\(line.count)
                _varve varve '\(words.last ?? "")' ''; echo ${COMPREPLY[*]}
                """
            return try place.shell("bash -c '\(script.replacing("'", with: "'\\''"))' $0").output
        }
        #expect(
            try completions("varve history residual").contains(
                "residual1 residual2 residual3 residual4 residual5 residual6"
            )
        )
        #expect(try completions("varve compare pl") == "plain\n")
    }
}
