import Testing

@testable import Runner

@Suite struct MersenneTwisterTests {
    struct Vectors: Decodable {
        struct Record: Decodable {
            let low32: UInt32
            let first: [UInt32]
            let at_616: [UInt32]
            let at_1240: [UInt32]
        }
        let seeds: [Record]
    }

    @Test func `outputs equal PyTorch's before, across and after the first re-twists`() throws {
        let vectors: Vectors = try fixture("mt19937")
        #expect(vectors.seeds.count == 23)
        for record in vectors.seeds {
            var engine = MersenneTwister(seed: record.low32)
            let words = (0..<1256).map { _ in engine.next() }
            #expect(Array(words[0..<16]) == record.first)
            #expect(Array(words[616..<632]) == record.at_616)
            #expect(Array(words[1240..<1256]) == record.at_1240)
        }
    }
}
