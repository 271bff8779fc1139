import Foundation
import Testing

@Suite struct VerifyTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    @Test func `a sweep is proved on every level of instructions`() throws {
        let sweep = [
            "run", "plain", "batchnorm", "branchnorm", "--epochs", "1", "--width", "24", "--record-every", "6",
        ]
        #expect(try place.varve(sweep).status == 0)
        for level in ["generic", "avx2", "avx512"] {
            let outcome = try place.varve("verify", "--all", environment: ["VARVE_INSTRUCTION_SET": level])
            #expect(outcome.status == 0)
            #expect(outcome.output == "3 identical\n")
        }
        let verdicts = try place.varve("verify", "2", "1", "--format", "json").objects()
        #expect(verdicts.map { $0["run"] as? Int } == [2, 1])
        #expect(verdicts.allSatisfy { $0["result"] as? String == "identical" && $0["ulps"] is NSNull })
        #expect(
            Set(verdicts[0].keys) == [
                "run", "uuid", "result", "step", "layer", "name", "recorded", "computed", "ulps", "relative", "reason",
            ]
        )
    }

    @Test func `a diverged run is finished, said, and proved`() throws {
        let outcome = try place.varve("run", "plain", "--learning-rate", "50", "--steps", "30")
        #expect(outcome.status == 0)
        #expect(outcome.error.contains("run 1 (plain, seed 0) lost finiteness at step"))
        #expect(try place.varve("verify", "1").output == "1 identical\n")
    }

    @Test func `verify wants to know which runs`() throws {
        #expect(try place.varve("run", "plain").status == 0)
        for arguments in [["verify"], ["verify", "1", "--all"]] {
            let outcome = try place.varve(arguments)
            #expect(outcome.status == 64)
            #expect(outcome.complaints.count == 1)
        }
        #expect(try place.varve("verify", "7").status == 66)
    }

    /// Turns a byte over somewhere in the bytes of a file that are given, in every place where they are.
    private func flip(_ bytes: Data) throws {
        let file = URL(fileURLWithPath: place.file("varve.db"))
        var content = try Data(contentsOf: file)
        let found = try #require(content.range(of: bytes))
        content[found.lowerBound] ^= 1
        try content.write(to: file)
    }

    /// What SQLite writes of a real.
    private func bytes(_ value: Double) -> Data { withUnsafeBytes(of: value.bitPattern.bigEndian) { Data($0) } }

    @Test func `a variance that was changed differs, with its place and a status of 1`() throws {
        #expect(try place.varve("run", "plain", "--steps", "3", "--weights", "none").status == 0)
        let value = try #require(Double(try place.rows("SELECT max(variance) FROM variances WHERE step = 1")[0]))
        try flip(bytes(value))
        let outcome = try place.varve("verify", "1", "--format", "json")
        #expect(outcome.status == 1)
        let verdict = try #require(try outcome.objects().first)
        #expect(verdict["result"] as? String == "differs")
        #expect(verdict["step"] as? Int == 1)
        #expect(verdict["computed"] as? Double == value)
        #expect(try place.varve("check").status == 1)
    }

    @Test func `a bit of the dataset that was changed is damage, also with --all`() throws {
        #expect(try place.varve("run", "plain", "--weights", "none").status == 0)
        let input = try #require(try place.rows("SELECT hex(substr(inputs, 1, 32)) FROM dataset_splits LIMIT 1").first)
        let digits = Array(input.replacing("\"", with: "").utf8)
        let bytes = stride(from: 0, to: 64, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
        try flip(Data(bytes))
        for arguments in [["--all"], ["1"]] {
            let outcome = try place.varve(["verify"] + arguments + ["--format", "json"])
            #expect(outcome.status == 1)
            #expect(try outcome.objects().first?["result"] as? String == "damaged")
        }
        #expect(try place.varve("verify", "--all").output.hasSuffix("1 damaged\n"))
    }

    @Test(arguments: ["AVX2", "avx", "sse"])
    func `an instruction set that is none is refused, with those that are`(_ name: String) throws {
        let outcome = try place.varve("run", "plain", environment: ["VARVE_INSTRUCTION_SET": name])
        #expect(outcome.status == 64)
        #expect(outcome.error.contains("generic, avx2, avx512"))
        #expect(outcome.error.contains(name))
    }
}
