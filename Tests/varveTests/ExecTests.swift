import Foundation
import Testing

/// `varve exec` with programs of the shell.
@Suite struct ExecTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    private func exec(_ options: [String], _ script: String, _ arguments: String...) throws -> Outcome {
        try place.exec(options, script, arguments)
    }

    private func content(_ name: String) throws -> String { try place.content(name) }

    @Test func `every argument reaches the program as it was typed`() throws {
        let values = ["0.10", "a b", "it's \"q\" $HOME `x` \\", "-l\n--in", "", "ä{}*"]
        let list = String(decoding: try JSONEncoder().encode(values), as: UTF8.self)
        let outcome = try exec(
            ["--param", "v=\(list)", "--seeds", "7"],
            "printf '%s\\0' \"$@\" >> words",
            "--v={v}",
            "{v}",
            "{{{seed}}}"
        )
        #expect(outcome.status == 0, "\(outcome.error)")
        let words = try content("words").split(separator: "\0", omittingEmptySubsequences: false).dropLast()
        #expect(words.map(String.init) == values.flatMap { ["--v=" + $0, $0, "{7}"] })
        #expect(
            try place.rows(
                "SELECT count(*) FROM tags WHERE key = 'varve.command' AND json_extract(value, '$[3]') = 'a b'"
            )
                == ["1"]
        )
    }

    @Test func `the exit status decides how a run ends, and why is kept`() throws {
        let outcome = try exec(
            ["--param", "n=0,3,9"],
            "case $1 in 9) kill -9 $$;; 3) echo oh no >&2;; esac; exit $1",
            "{n}"
        )
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("run 2 (n=3) failed: exit status 3: oh no"), "\(outcome.error)")
        #expect(outcome.error.contains("2 of 3 runs failed"))
        #expect(try place.rows("SELECT status FROM runs ORDER BY id") == ["finished", "failed", "killed"])
        #expect(
            try place.rows("SELECT run_id, key, value FROM tags WHERE key <> 'varve.command' ORDER BY 1, 2") == [
                "1,varve.exit_status,0", "2,varve.exit_status,3", "2,varve.reason,exit status 3: oh no",
                "3,varve.exit_signal,9", "3,varve.reason,signal 9",
            ]
        )
        #expect(try place.rows("SELECT count(*) FROM runs WHERE ended >= started AND pid IS NOT NULL") == ["3"])
        #expect(try place.varve("check").status == 0)
    }

    @Test func `metrics are read from what a program prints that knows nothing of Varve`() throws {
        let outcome = try exec(
            ["--scrape", "loss: {loss} step: {step}", "--scrape", "accuracy {accuracy}%", "--seeds", "0-1"],
            "for i in 0 1 2; do echo \"loss: $1.$i step: $i\"; done; echo accuracy 50% >&2; printf 'accuracy 60%%'",
            "{seed}"
        )
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(
            try place.rows("SELECT run, key, step, value FROM run_metrics WHERE run = 2 ORDER BY key, step") == [
                "2,accuracy,0,50.0", "2,accuracy,1,60.0", "2,loss,0,1.0", "2,loss,1,1.1", "2,loss,2,1.2",
            ]
        )
        #expect(outcome.output.contains("accuracy"))
    }

    @Test func `a program that knows Varve writes lines into its log, and any number of writers may come and go`()
        throws
    {
        let outcome = try exec(
            ["--param", "lr=0.10,0.2"],
            """
            printf '{"begin": {"name": "mine", "params": {"lr": 0.1, "own": 3}, "environment": {"python": "3.12"}}}\\n' > "$VARVE_LOG"
            printf '{"step": 0, "loss": 2.5}\\n{"step": 0, "layer": "conv1", "variance": 3.2}\\nnonsense\\n' > "$VARVE_LOG"
            (printf '{"step": 1, "loss": 2.0}\\n{"end": "failed", "reason": "tired"}' > "$VARVE_LOG")
            env | grep ^VARVE_ | sort > "env-$1"
            """,
            "{lr}"
        )
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(
            try place.rows("SELECT run, key, step, value FROM run_metrics ORDER BY run, step") == [
                "1,loss,0,2.5", "1,loss,1,2.0", "2,loss,0,2.5", "2,loss,1,2.0",
            ]
        )
        #expect(try place.rows("SELECT run, layer, variance FROM variances") == ["1,conv1,3.2", "2,conv1,3.2"])
        // The exit status decides; the line gives its reason. What was given counts.
        #expect(try place.rows("SELECT name, status FROM runs") == ["mine,finished", "mine,finished"])
        #expect(try place.rows("SELECT value FROM tags WHERE key = 'varve.reason'") == ["tired", "tired"])
        #expect(
            try place.rows("SELECT run_id, key, value FROM params ORDER BY 1, 2")
                == ["1,lr,0.1", "1,own,3", "2,lr,0.2", "2,own,3"]
        )
        #expect(outcome.error.contains("run 1: 1 line of its log not recorded: line 4"), "\(outcome.error)")
        #expect(outcome.error.contains("run 2: 2 lines"), "\(outcome.error)")
        let uuid = try place.rows("SELECT uuid FROM runs WHERE id = 1").first ?? ""
        let variables = try content("env-0.10").split(separator: "\n").map(String.init)
        #expect(variables.contains("VARVE_RUN=\(uuid)"))
        #expect(variables.contains("VARVE_PARAMS={\"lr\": 0.10}"))
        #expect(variables.contains { $0.hasPrefix("VARVE_STORE=/") && $0.hasSuffix("/varve.db") })
        #expect(!variables.contains { $0.hasPrefix("VARVE_SEED") })
        #expect(try place.rows("SELECT count(*) FROM environments WHERE content LIKE '%3.12%'") == ["1"])
        #expect(try place.varve("check").status == 0)
    }

    @Test func `a program that fails is started once more in the same run, and nothing of the failure stays`() throws {
        let script = "echo x >> tries; n=$(wc -l < tries); echo loss $n; [ $n -ge 3 ]"
        let outcome = try exec(["--retries", "4", "--scrape", "loss {loss}"], script)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(try place.rows("SELECT id, status FROM runs") == ["1,finished"])
        #expect(try place.rows("SELECT step, value FROM run_metrics") == ["0,3.0"])
        #expect(try place.rows("SELECT value FROM tags WHERE key = 'varve.attempts'") == ["3"])
        #expect(try exec(["--retries", "1"], "echo y >> again; exit 5").status == 1)
        #expect(try content("again") == "y\ny\n")
        #expect(try place.varve("check").status == 0)
    }

    @Test func `going on passes over what finished of the same command, params, seed and code`() throws {
        try "echo $1 $2 >> done; [ \"$1\" != 2 ] || [ -e fixed ]".write(
            toFile: place.file("train.sh"),
            atomically: true,
            encoding: .utf8
        )
        let line = [
            "exec", "--param", "n=1,2,3.0", "--seeds", "0-1", "--resume", "--", "sh", "train.sh", "{n}", "{seed}",
        ]
        #expect(try place.execute(line).status == 1)
        #expect(try content("done").split(separator: "\n").count == 6)
        try Data().write(to: URL(fileURLWithPath: place.file("fixed")))
        let again = try place.execute(line)
        #expect(again.status == 0, "\(again.error)")
        #expect(again.error.contains("4 of 6 runs were there already"))
        #expect(try content("done").split(separator: "\n").suffix(2) == ["2 0", "2 1"])
        let plan = try place.execute(Array(line[..<6]) + ["--dry-run", "--format", "json"] + line[6...])
        #expect(try plan.objects().compactMap { $0["skipped"] as? Bool } == Array(repeating: true, count: 6))
        // Other code is another program.
        try "echo other".write(toFile: place.file("train.sh"), atomically: true, encoding: .utf8)
        #expect(try place.execute(line).error.contains("0 of 6 runs were there already"))
    }

    @Test func `ten thousand points cost nothing before their turn`() throws {
        let many = ["exec", "--seeds", "0-4294967295", "--param", "a=1,2,3"]
        let plan = try place.varve(many + ["--dry-run", "--", "true", "{seed}"])
        #expect(plan.status == 0, "\(plan.error)")
        #expect(plan.output.split(separator: "\n").count == 51)
        let all = try place.varve([
            "exec", "--seeds", "0-9999", "--dry-run", "--format", "json", "--", "true", "{seed}",
        ])
        #expect(try all.objects().count == 10_000)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
    }

    @Test func `shards are parts of the grid, each in a store of its own`() throws {
        for index in 0..<3 {
            let outcome = try exec(
                ["--param", "n=a,b", "--param", "m=1,2", "--architecture-param", "n", "--seeds", "0-1"]
                    + ["--shard", "\(index)/3", "--store", "{shard}.db"],
                "echo $1 >> points",
                "{n}{m}{seed}"
            )
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        #expect(try place.varve("merge", "0.db", "1.db", "2.db").status == 0)
        #expect(try place.rows("SELECT count(*), count(DISTINCT configuration_digest || seed) FROM runs") == ["8,8"])
        #expect(try Set(content("points").split(separator: "\n")).count == 8)
        #expect(try place.rows("SELECT DISTINCT architecture FROM runs ORDER BY 1") == ["a", "b"])
    }

    @Test(arguments: [
        ["--param", "lr=1", "--", "echo", "{LR}"], ["--", "echo", "{seed}"], ["--param", "lr=1"], ["--", ""],
        ["--timeout", "x", "--", "true"], ["--force", "--", "true"], ["--retries", "-1", "--", "true"],
        ["--scrape", "loss", "--", "true"], ["--jobs", "0", "--", "true"],
        ["--seed", "1", "--seeds", "2", "--", "true"],
    ])
    func `what makes no sense is one line and makes no store`(_ words: [String]) throws {
        let outcome = try place.varve(["exec"] + words)
        #expect(outcome.status == 64, "\(outcome.error)")
        #expect(outcome.complaints.count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
    }

    @Test func `a program that is not there is said before a store is made`() throws {
        for word in ["no-such-program", "./none"] {
            let outcome = try place.execute(["exec", "--", word])
            #expect(outcome.status == 66, "\(outcome.error)")
            #expect(outcome.complaints.count == 1)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
        let varied = try place.execute(["exec", "--param", "p=none,true", "--", "{p}"])
        #expect(varied.status == 1)
        #expect(try place.rows("SELECT status FROM runs ORDER BY id") == ["failed", "finished"])
    }

    @Test func `verify executes no program but by --execute, and then compares its metrics`() throws {
        let script = "echo x >> executed; echo loss $(cat loss) of $1; printf '{\"step\": 0, \"a\": 1}\\n' > $VARVE_LOG"
        try "2.5".write(toFile: place.file("loss"), atomically: true, encoding: .utf8)
        #expect(try exec(["--scrape", "loss {loss}", "--param", "p={[", "--seeds", "3"], script, "{p}").status == 0)
        func result(_ words: String...) throws -> [String: Any] {
            try #require(place.execute(["verify", "1", "--format", "json"] + words).objects().first)
        }
        #expect(try result()["result"] as? String == "not_verifiable")
        #expect(try content("executed") == "x\n")
        #expect(try result("--execute")["result"] as? String == "identical")
        #expect(try content("executed") == "x\nx\n")
        try "2.50001".write(toFile: place.file("loss"), atomically: true, encoding: .utf8)
        let differs = try result("--execute")
        #expect(differs["result"] as? String == "differs")
        #expect(differs["computed"] as? Double == 2.50001)
        #expect((differs["reason"] as? String)?.contains("'loss'") == true)
        #expect(try result("--execute", "--tolerance", "1e-5")["result"] as? String == "identical")
        #expect(try place.rows("SELECT count(*) FROM runs") == ["1"])
    }

    @Test func `a program that is executed for a proof finds the params as they were typed`() throws {
        let values = ["0.10", "007", "1e5", "true", "null", "a b", "-l\n--in", "", "[1, 2]", "9e99", "-0"]
        let list = String(decoding: try JSONEncoder().encode(values), as: UTF8.self)
        let script = "printf '%s\\0' \"$VARVE_PARAMS\" >> seen; echo loss 1"
        #expect(try exec(["--scrape", "loss {loss}", "--param", "v=\(list)"], script).status == 0)
        let seen = try content("seen")
        #expect(seen.hasPrefix("{\"v\": 0.10}\0{\"v\": \"007\"}\0{\"v\": 1e5}\0"))
        for number in 1...values.count {
            let proof = try place.execute(["verify", "\(number)", "--execute", "--format", "json"])
            #expect(try proof.objects().first?["result"] as? String == "identical", "\(proof.error)")
        }
        #expect(try content("seen") == seen + seen)
    }

    @Test func `what differs from the commit is kept, a megabyte at most, unless it is not wanted`() throws {
        let git = "git -c user.name=a -c user.email=a@b -c core.hooksPath=/dev/null"
        let begin = "echo one > file; echo x > script; git init -q; git add file script"
        let line = "set -e; export GIT_CONFIG_GLOBAL=/dev/null; \(begin); \(git) commit -qm x; echo two > file"
        #expect(try place.shell(line).status == 0)
        #expect(try exec([], "true").status == 0)
        #expect(try exec(["--no-diff"], "true").status == 0)
        try String(repeating: "a line of many\n", count: 150_000).write(
            toFile: place.file("file"),
            atomically: true,
            encoding: .utf8
        )
        #expect(try exec([], "true").status == 0)
        func kept(_ run: Int) throws -> [[String: Any]] {
            try place.varve("artifacts", "list", "\(run)", "--format", "json").objects()
        }
        #expect(try kept(1).map { $0["path"] as? String } == ["program/code.diff"])
        #expect(try place.varve("artifacts", "export", "1", "program/code.diff", "--output", "diff").status == 0)
        #expect(try content("diff").contains("-one\n+two\n"))
        #expect(try kept(2).isEmpty)
        #expect(try kept(3).map { $0["bytes"] as? Int } == [1 << 20])
    }

    @Test func `what a program prints is kept, its end of 64 KB, and what differs from the commit`() throws {
        let script =
            "i=0; while [ $i -lt 3000 ]; do echo \"line $i of a long output, äöü\"; i=$((i+1)); done; echo bad >&2"
        #expect(try exec([], script).status == 0)
        let shown = try place.varve("show", "1", "--program-output")
        #expect(shown.status == 0)
        #expect(shown.output.hasSuffix("line 2999 of a long output, äöü\n"))
        #expect(shown.output.utf8.count <= 65_536 && shown.output.utf8.count > 65_000)
        #expect(shown.error == "bad\n")
        let list = try place.varve("artifacts", "list", "1", "--format", "json").objects()
        #expect(list.compactMap { $0["path"] as? String } == ["program/error.txt", "program/output.txt"])
        #expect(try exec([], "true").status == 0)
        #expect(try place.varve("show", "2", "--program-output").status == 66)
        #expect(try place.varve("check").status == 0)
    }
}

extension Workplace {
    /// Executes a script of the shell with options of `varve exec`; `arguments` are the script's.
    func exec(_ options: [String], _ script: String, _ arguments: [String] = []) throws -> Outcome {
        try script.write(toFile: file("script"), atomically: true, encoding: .utf8)
        return try execute(["exec"] + options + ["--", "sh", "script"] + arguments)
    }

    /// What a file of the folder holds.
    func content(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }
}
