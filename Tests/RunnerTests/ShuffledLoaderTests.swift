import Testing

@testable import Runner

@Suite struct ShuffledLoaderTests {
    struct Loader: Decodable {
        struct Record: Decodable {
            struct Epoch: Decodable {
                let first_batch_first10: [Int64]
                let sha256: String
            }
            let seed: UInt32
            let n: Int
            let batch_size: Int
            let batches: Int
            let last_batch: Int
            let epochs: [Epoch]
            let next_word: UInt32
        }
        let records: [Record]
    }

    @Test func `three epochs equal those of PyTorch's loader`() throws {
        let vectors: Loader = try fixture("loader")
        for record in vectors.records {
            var generator = TorchGenerator(seed: record.seed)
            var loader = ShuffledLoader(examples: record.n, batchSize: record.batch_size)
            for epoch in record.epochs {
                var batches: [[Int64]] = []
                for _ in 0..<record.batches {
                    let batch = loader.next(&generator)
                    batches.append(Array(loader.order[batch]))
                }
                #expect(Array(batches[0].prefix(10)) == epoch.first_batch_first10)
                #expect(batches.last?.count == record.last_batch)
                #expect(digest(of: batches.flatMap(\.self)) == epoch.sha256)
            }
            #expect(generator.word() == record.next_word)
        }
    }

    struct Permutations: Decodable {
        struct Record: Decodable {
            let seed: String
            let n: Int
            let first20: [Int64]
            let sha256: String
        }
        let perms: [Record]
    }

    @Test func `permutations equal PyTorch's`() throws {
        let vectors: Permutations = try fixture("randperm")
        for record in vectors.perms {
            var order = (0..<Int64(record.n)).map(\.self)
            var engine = MersenneTwister(seed: try low32(record.seed))
            ShuffledLoader.shuffle(&order, 0..<record.n, &engine)
            #expect(Array(order.prefix(20)) == record.first20)
            #expect(digest(of: order) == record.sha256)
        }
    }

    @Test func `the start of the longest permutation equals PyTorch's`() throws {
        let vectors: Permutations = try fixture("randperm_switch")
        let record = try #require(vectors.perms.first { $0.n == ShuffledLoader.limit })
        // Without the big array: only the places that were touched are kept.
        var engine = MersenneTwister(seed: try low32(record.seed))
        var moved: [Int: Int] = [:]
        let first = (0..<20).map { i in
            let j = i + Int(engine.next()) % (record.n - i)
            let value = moved[j] ?? j
            moved[j] = moved[i] ?? i
            return Int64(value)
        }
        #expect(first == record.first20)
    }
}
