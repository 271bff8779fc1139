import Foundation
import Testing

@testable import Runner

/// `datasets.json`: one small dataset in the files that NumPy writes.
struct DatasetFixtures: Decodable {
    struct PickleFile: Decodable {
        let name: String
        let `protocol`: Int
        let bytes: Data
        let opcodes: [Int]
        let lengths: [[Int]]
        let names: [[Int]]
    }
    struct ZipFile: Decodable {
        let name: String
        let bytes: Data
    }
    let x: [Float]
    let y: [Int64]
    let x_test: [Float]
    let y_test: [Int64]
    let features: Int
    let pickles: [PickleFile]
    let npz: [ZipFile]
    let npz_deflated: Data

    var dataset: Dataset {
        get throws {
            try Dataset(
                features: features,
                training: .init(inputs: x, labels: y),
                validation: .init(inputs: x_test, labels: y_test)
            )
        }
    }

    static let all: DatasetFixtures? = try? fixture("datasets")

    static func load() throws -> DatasetFixtures {
        try #require(all)
    }
}

/// The refusal that reading a file's content ends in; nil if it gives a dataset.
func refusal(of bytes: [UInt8]) -> DataError? {
    do throws(DataError) {
        _ = try Dataset(file: bytes)
        return nil
    } catch {
        return error
    }
}
