import Foundation
import Testing

@Suite struct CommandTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    /// The file that the notebook's dataset fits in, made by the command itself.
    private func exportDataset() throws -> String {
        #expect(try place.varve("dataset", "generate", "--num-samples", "100", "--name", "small").status == 0)
        #expect(try place.varve("dataset", "export", "small", "--output", "small.npz").status == 0)
        return place.file("small.npz")
    }

    @Test(arguments: [
        ["run"], ["runs"], ["show"], ["verify"], ["dataset"], ["dataset", "import"], ["dataset", "generate"],
        ["dataset", "export"],
        ["weights"], ["weights", "export"], ["sql"], ["log"], ["info"], ["migrate"], ["check"],
        ["backup"], ["compact"], ["merge"], ["export"], ["import"], ["import", "mlflow"], [], ["dataset", "list"],
        ["dataset", "show"], ["weights", "list"],
    ])
    func `help shows an example`(_ command: [String]) throws {
        let outcome = try place.varve(command + ["--help"])
        #expect(outcome.status == 0)
        let words = (["varve"] + command).joined(separator: " ")
        let parts = outcome.output.components(separatedBy: "Example")
        // An example of this command, and not its usage line or that of another.
        #expect(parts.count > 1 && parts.dropFirst().contains { $0.contains("\n  \(words)") }, "\(outcome.output)")
    }

    @Test func `common options come before or after the command`() throws {
        let before = try place.varve("--store", "a.db", "--format", "csv", "run", "plain")
        #expect(before.status == 0)
        let after = try place.varve("run", "plain", "--format", "csv", "--store", "b.db")
        #expect(after.status == 0)
        #expect(FileManager.default.fileExists(atPath: place.file("a.db")))
        #expect(FileManager.default.fileExists(atPath: place.file("b.db")))
        #expect(before.output.split(separator: "\n").count == 8)
        let nested = try place.varve("--store", "a.db", "weights", "list", "1", "--format=json")
        #expect(try nested.objects().count == 14)
    }

    @Test func `the environment names the store where no option does`() throws {
        let variables = ["VARVE_STORE": "c.db"]
        #expect(try place.execute(["run", "plain"], environment: variables).status == 0)
        #expect(FileManager.default.fileExists(atPath: place.file("c.db")))
        #expect(try place.execute(["runs"], environment: variables).status == 0)
        #expect(try place.varve("runs").status == 66)
    }

    @Test func `an argument that is not UTF-8 is refused, and no file of another name is made`() throws {
        let outcome = try place.shell(#""$0" run plain --store "$(printf 'a\377.db')""#)
        #expect(outcome.status == 64)
        #expect(outcome.complaints.count == 1)
        #expect(outcome.error.contains("argument 4"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
    }

    struct Mistake: CustomTestStringConvertible {
        let arguments: [String]
        let status: Int32
        let words: [String]
        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let mistakes: [Mistake] = [
        Mistake(
            arguments: ["run", "transformer"],
            status: 64,
            words: ["transformer", "plain, batchnorm, branchnorm, layernorm"]
        ),
        Mistake(arguments: ["run", "plain", "plain"], status: 64, words: ["plain", "twice"]),
        Mistake(arguments: ["run", "--seed", "4294967296"], status: 64, words: ["4294967296", "4294967295"]),
        Mistake(arguments: ["run", "--seed=-1"], status: 64, words: ["-1"]),
        Mistake(arguments: ["run", "--seeds", "5-1"], status: 64, words: ["5-1"]),
        Mistake(arguments: ["run", "--seeds", "0-4294967296"], status: 64, words: ["4294967296", "32 bits"]),
        Mistake(arguments: ["run", "--seeds", "1,2,1-3"], status: 64, words: ["twice"]),
        Mistake(arguments: ["run", "--seeds", "1,,2"], status: 64, words: ["1,,2"]),
        Mistake(arguments: ["run", "--seed", "1", "--seeds", "2"], status: 64, words: ["exclude"]),
        Mistake(arguments: ["run", "--weights", "some"], status: 64, words: ["some"]),
        Mistake(arguments: ["run", "--tag", "novalue"], status: 64, words: ["novalue", "key=value"]),
        Mistake(arguments: ["run", "--dataset", "nowhere.npz"], status: 66, words: ["nowhere.npz"]),
        Mistake(arguments: ["run", "--store", "no/such/folder.db"], status: 73, words: ["no/such", "folder"]),
        Mistake(arguments: ["run", "--steps", "0"], status: 64, words: ["steps", "from 1 to"]),
        Mistake(arguments: ["run", "--steps", "2", "--epochs", "1"], status: 64, words: ["--epochs", "exclude"]),
        Mistake(arguments: ["run", "--epochs", "0"], status: 64, words: ["epochs", "from 1 to 1000000"]),
        Mistake(arguments: ["run", "--width", "9000"], status: 64, words: ["width", "8192", "9000"]),
        Mistake(
            arguments: ["run", "--initialization", "zero"],
            status: 64,
            words: ["zero", "he-uniform", "he-normal", "xavier-uniform", "default"]
        ),
        Mistake(arguments: ["run", "--learning-rate", "nan"], status: 64, words: ["--learning-rate", "nan"]),
        Mistake(arguments: ["run", "--momentum", "much"], status: 64, words: ["momentum", "much"]),
        Mistake(arguments: ["run", "--width", "50,,100"], status: 64, words: ["50,,100", "''", "1 to 8192"]),
        Mistake(arguments: ["run", "--width", "50,50"], status: 64, words: ["50,50", "twice"]),
        Mistake(arguments: ["run", "--width", "50,-5"], status: 64, words: ["'-5'", "1 to 8192"]),
        Mistake(arguments: ["run", "--blocks", "-5"], status: 64, words: ["'-5'", "1 to 1000"]),
        Mistake(
            arguments: ["run", "--steps", "7,99999999999999999999"],
            status: 64,
            words: ["'99999999999999999999'", "1 to 1000000000"]
        ),
        Mistake(
            arguments: ["run", "--learning-rate", "0.1,1e-46"],
            status: 64,
            words: ["learning_rate", "1e-45", "1e-46"]
        ),
        Mistake(arguments: ["sql", "SELECT 1", "--timeout", "0"], status: 64, words: ["--timeout", "0.001"]),
        Mistake(arguments: ["plot", "profile", "--output", "p.svg"], status: 66, words: ["varve.db"]),
        Mistake(arguments: ["plot", "profile", "--output", ""], status: 64, words: ["''", ".svg"]),
        Mistake(arguments: ["plot", "curves", "loss", "--output", "p.gif"], status: 64, words: ["p.gif", ".pdf"]),
        Mistake(
            arguments: ["plot", "training", "1", "--output", "p.svg", "--width", "9"],
            status: 64,
            words: ["9", "4000"]
        ),
        Mistake(arguments: ["run", "--unknown"], status: 64, words: ["--unknown"]),
        Mistake(arguments: ["frobnicate"], status: 64, words: ["frobnicate"]),
        Mistake(arguments: ["runs", "--format", "xml"], status: 64, words: ["xml"]),
        Mistake(arguments: ["runs", "--limit", "-3"], status: 64, words: ["limit"]),
        Mistake(arguments: ["runs"], status: 66, words: ["varve.db", "varve run"]),
        Mistake(arguments: ["show", "1", "--store", "/"], status: 65, words: ["folder"]),
        Mistake(arguments: ["dataset", "import", "none.pkl"], status: 66, words: ["none.pkl"]),
        Mistake(arguments: ["dataset", "import", "."], status: 65, words: ["folder"]),
        Mistake(arguments: ["dataset", "generate", "--train-split", "2"], status: 64, words: ["train_split"]),
    ]

    @Test(arguments: mistakes)
    func `a mistake gets one line that names it, the fitting status and leaves no store`(_ mistake: Mistake) throws {
        let outcome = try place.varve(mistake.arguments)
        #expect(outcome.status == mistake.status, "\(outcome.error)")
        #expect(outcome.complaints.count == 1, "\(outcome.error)")
        #expect(outcome.output.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
        for word in mistake.words { #expect(outcome.error.contains(word), "\(outcome.error)") }
    }

    @Test func `a picture without a name is refused`() throws {
        #expect(try place.varve("run", "plain", "--blocks", "1", "--width", "4").status == 0)
        let outcome = try place.varve("plot", "profile", "--output", "")
        #expect(outcome.status == 64)
        #expect(outcome.complaints.count == 1 && outcome.error.hasPrefix("varve: picture '': "), "\(outcome.error)")
        #expect(outcome.output.isEmpty)
    }

    @Test func `questions about what is not there say so`() throws {
        #expect(try place.varve("run", "plain").status == 0)
        for arguments in [["show", "7"], ["show", "abcdefg"], ["dataset", "show", "x"], ["weights", "list", "9"]] {
            let outcome = try place.varve(arguments)
            #expect(outcome.status == 66)
            #expect(outcome.complaints.count == 1)
        }
    }

    @Test func `SQL answers in every format and changes nothing`() throws {
        #expect(try place.varve("run", "plain").status == 0)
        let question = "SELECT run, layer, variance FROM variances WHERE position < 2"
        #expect(
            try place.varve("sql", question, "--format", "csv").output
                == "run,layer,variance\n1,Input,0.9965496063232422\n1,First preactivation,1.8800740242004395\n"
        )
        #expect(
            try place.varve("sql", question).output
                == "run  layer                variance\n  1  Input                 0.99655\n  1  First preactivation    1.8801\n"
        )
        #expect(
            try place.varve("sql", question, "--format", "markdown").output
                == "| run | layer | variance |\n| ---: | --- | ---: |\n| 1 | Input | 0.99655 |\n| 1 | First preactivation | 1.8801 |\n"
        )
        #expect(try place.varve("sql", question, "--format", "json").objects().count == 2)
        for sql in ["DELETE FROM runs", "SELEC 1", "SELECT 1; SELECT 2", "ATTACH '/etc/passwd' AS a", ""] {
            let outcome = try place.varve("sql", sql)
            #expect(outcome.status == 64, "\(sql): \(outcome.error)")
            #expect(outcome.complaints.count == 1)
        }
        #expect(try place.rows("SELECT count(*) FROM runs") == ["1"])
    }

    @Test func `every example in the help is whole where it is typed from`() throws {
        let help = try place.varve("--help").output
        let commands = help.split(separator: "\n").compactMap { line in
            line.wholeMatch(of: #/  ([a-z]+)  +\S.*/#).map { [String($0.output.1)] }
        }
        #expect(commands.count > 20)
        var count = 0
        for command in commands + [["plot", "profile"], ["import", "mlflow"], ["weights", "export"]] {
            let text = try place.varve(command + ["--help"]).output
            let examples = text.components(separatedBy: "Example").dropFirst().flatMap {
                $0.components(separatedBy: "\n\n")[0].split(separator: "\n").dropFirst()
            }
            // A line that was broken goes on at the margin.
            for line in examples where !line.hasPrefix("and in Python") {
                #expect(line.hasPrefix("  "), "\(command): \(line)")
                count += 1
            }
        }
        // Lines were looked at, more than one a command.
        #expect(count > 2 * commands.count)
    }

    @Test func `a dataset goes out and comes back as the same content`() throws {
        let file = try exportDataset()
        let outcome = try place.varve("--store", "other.db", "dataset", "import", file, "--format", "json")
        #expect(outcome.status == 0)
        let imported = try #require(try outcome.json() as? [String: Any])
        let original = try #require(
            try place.varve("dataset", "show", "small", "--format", "json").json() as? [String: Any]
        )
        #expect(imported["digest"] as? String == original["digest"] as? String)
        // The same content under another name is not stored again.
        let again = try place.varve("dataset", "import", file, "--name", "copy")
        #expect(again.status == 0)
        #expect(again.error.contains("already stored as 'small'"))
        #expect(try place.rows("SELECT name FROM datasets") == ["small"])
        // A run on it, by file and by name.
        #expect(try place.varve("run", "plain", "--dataset", "small").status == 0)
        #expect(try place.varve("run", "plain", "--dataset", file, "--store", "third.db").status == 0)
    }

    @Test func `a damaged file is refused with one line and nothing is imported`() throws {
        let content = try Data(contentsOf: URL(fileURLWithPath: try exportDataset()))
        for (index, length) in [0, 1, 100, content.count / 2, content.count - 1].enumerated() {
            let path = place.file("cut\(index).npz")
            try content.prefix(length).write(to: URL(fileURLWithPath: path))
            let outcome = try place.varve("--store", "fresh\(index).db", "dataset", "import", path)
            #expect(outcome.status == 65)
            #expect(outcome.complaints.count == 1)
            #expect(outcome.error.contains("cut\(index).npz"))
            #expect(!FileManager.default.fileExists(atPath: place.file("fresh\(index).db")))
        }
    }

    @Test func `a full disk is said and a closed pipe is not`() throws {
        #expect(try place.varve("run").status == 0)
        let process = place.process(["runs"])
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/full"))
        let complaints = Pipe()
        process.standardError = complaints
        try process.run()
        let words = String(decoding: complaints.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 74)
        #expect(words.split(separator: "\n").count == 1)

        let closed = place.process(["runs"])
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        closed.standardOutput = pipe
        let quiet = Pipe()
        closed.standardError = quiet
        try closed.run()
        #expect(quiet.fileHandleForReading.readDataToEndOfFile().isEmpty)
        closed.waitUntilExit()
        #expect(closed.terminationReason == .exit)
    }

    @Test func `control characters in names are shown, not executed`() throws {
        #expect(try place.varve("run", "plain", "--experiment", "red\u{1B}[31m\nline").status == 0)
        let outcome = try place.varve("runs", "--columns", "number,experiment")
        #expect(outcome.output.contains("red\\u{1b}[31m\\nline"))
        #expect(outcome.output.split(separator: "\n").count == 2)
    }
}
