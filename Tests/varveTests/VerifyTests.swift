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
}
