import Testing

@testable import Runner

/// How the four arrays of a file become a dataset.
@Suite struct NumPyArrayTests {
    static func array(_ scalar: NumPyArray.Scalar, _ shape: [Int]) throws -> NumPyArray {
        let element = try #require(NumPyArray.Element(scalar, order: scalar.size == 1 ? "|" : "<"))
        let bytes = [UInt8](repeating: 0, count: shape.reduce(scalar.size, *))
        return NumPyArray(element: element, shape: shape, columnMajor: false, bytes: bytes[...])
    }

    static let good: [String: (NumPyArray.Scalar, [Int])] = [
        "x": (.float64, [3, 2]), "y": (.int64, [3]), "x_test": (.float32, [1, 2]), "y_test": (.uint8, [1]),
    ]

    func dataset(with changes: [String: (NumPyArray.Scalar, [Int])?]) throws(DataError) -> Dataset {
        let arrays = Self.good.merging(changes.mapValues { $0 ?? (.bool, []) }) { $1 }
        return try Dataset { (name) throws(DataError) in
            guard changes[name].map({ $0 != nil }) ?? true, let (scalar, shape) = arrays[name] else { return nil }
            return try? Self.array(scalar, shape)
        }
    }

    @Test func `four arrays that agree are a dataset`() throws {
        let dataset = try dataset(with: [:])
        #expect(dataset.features == 2 && dataset.classes == 1)
        #expect(dataset.training.examples == 3 && dataset.validation.examples == 1)
    }

    @Test(
        arguments: [
            ("x", nil, "x is missing: a dataset holds the arrays x, y, x_test and y_test"),
            ("y_test", nil, "y_test is missing: a dataset holds the arrays x, y, x_test and y_test"),
            ("x", (.int64, [3, 2]), "x holds int64 values: convert it with x.astype('float32')"),
            ("x_test", (.bool, [1, 2]), "x_test holds bool values: convert it with x_test.astype('float32')"),
            ("y", (.float64, [3]), "y holds float64 values: convert it with y.astype('int64')"),
            ("y_test", (.bool, [1]), "y_test holds bool values: convert it with y_test.astype('int64')"),
            ("x", (.float64, [6]), "x has shape (6,), not (examples, features)"),
            ("x", (.float64, [3, 2, 1]), "x has shape (3, 2, 1), not (examples, features)"),
            ("y", (.int64, [3, 1]), "y has shape (3, 1), not (examples,)"),
            ("y", (.int64, []), "y has shape (), not (examples,)"),
            ("y", (.int64, [4]), "x has 3 rows but y has 4"),
            ("x_test", (.float32, [1, 3]), "x_test has 3 features but x has 2"),
            ("x", (.float64, [3, 0]), "x has 0 features: 1 to 65536 are possible"),
        ] as [(String, (NumPyArray.Scalar, [Int])?, String)]
    )
    func `arrays that do not fit are refused by name`(
        name: String,
        change: (NumPyArray.Scalar, [Int])?,
        message: String
    ) {
        #expect(throws: DataError(message)) { try dataset(with: [name: change]) }
    }

    @Test func `big-endian and column-major elements come out in row-major order`() throws {
        let element = try #require(NumPyArray.Element(.int32, order: ">"))
        let bytes: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 1, 0]
        let array = NumPyArray(element: element, shape: [2, 2], columnMajor: true, bytes: bytes[...])
        #expect(array.doubles == [1, 2, 3, 256])
    }
}
