/// An array as a file of NumPy's holds it: a type, a shape, and bytes that are decoded when asked for.
struct NumPyArray {
    /// The element types that are read, by NumPy's codes.
    enum Scalar: String {
        case float64 = "f8"
        case float32 = "f4"
        case int64 = "i8"
        case int32 = "i4"
        case uint8 = "u1"
        case bool = "b1"

        var size: Int {
            switch self {
            case .float64, .int64: 8
            case .float32, .int32: 4
            case .uint8, .bool: 1
            }
        }
    }

    /// A scalar type with its byte order.
    struct Element: Equatable {
        let scalar: Scalar
        let bigEndian: Bool

        /// Accepts `<`, `>`, and, as NumPy writes it for single bytes, `|`.
        init?(_ scalar: Scalar, order: some StringProtocol) {
            guard scalar.size == 1 ? order == "|" : order == "<" || order == ">" else { return nil }
            self.scalar = scalar
            bigEndian = order == ">"
        }
    }

    /// NumPy 1's limit, and more than any dataset needs.
    static let dimensionLimit = 32

    let element: Element
    let shape: [Int]
    let columnMajor: Bool
    let bytes: ArraySlice<UInt8>

    /// Checks a shape against the number of bytes that hold it.
    static func check(_ shape: [Int], of element: Element, byteCount: Int) throws(DataError) {
        var expected: Int? = element.scalar.size
        // A zero must win over the overflow of the other dimensions.
        if shape.contains(0) { expected = 0 }
        for dimension in shape where expected != 0 {
            guard dimension > 0, let product = expected?.multipliedReportingOverflow(by: dimension), !product.overflow
            else {
                expected = nil
                break
            }
            expected = product.partialValue
        }
        guard shape.count <= dimensionLimit, !shape.contains(where: { $0 < 0 }), expected == byteCount else {
            throw DataError("an array of shape \(text(shape)) and type \(element.scalar) is given \(byteCount) bytes")
        }
    }

    /// The elements in row-major order, `convert` given the bits of each; for at most two dimensions.
    func elements<Value>(_ convert: (UInt64) -> Value) -> [Value] {
        let size = element.scalar.size
        let count = bytes.count / size
        let columns = columnMajor && shape.count == 2 ? shape[1] : 1
        let rows = columns > 0 ? count / columns : 0
        let swapped = element.bigEndian
        return bytes.withUnsafeBytes { raw in
            (0..<count).map { i in
                // Row-major place i is (i / columns, i % columns); column-major columns follow one another.
                let offset = (columns == 1 ? i : i % columns * rows + i / columns) * size
                switch size {
                case 8:
                    let bits = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    return convert(swapped ? bits.byteSwapped : bits)
                case 4:
                    let bits = raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                    return convert(UInt64(swapped ? bits.byteSwapped : bits))
                default:
                    return convert(UInt64(raw[offset]))
                }
            }
        }
    }

    /// A shape as Python writes it: `(4000, 40)`.
    static func text(_ shape: [Int]) -> String {
        shape.count == 1
            ? "(\(shape[0]),)" : "(" + shape.prefix(8).map(String.init).joined(separator: ", ") + ")"
    }
}

extension Dataset {
    /// Puts a dataset together from the arrays `x`, `y`, `x_test` and `y_test` of a file.
    init(_ array: (String) throws(DataError) -> NumPyArray?) throws(DataError) {
        let (features, training) = try Self.split("x", "y", array)
        let (testFeatures, validation) = try Self.split("x_test", "y_test", array)
        guard features == testFeatures else {
            throw DataError("x_test has \(testFeatures) features but x has \(features)")
        }
        try self.init(features: features, training: training, validation: validation)
    }

    private static func split(
        _ inputName: String,
        _ labelName: String,
        _ array: (String) throws(DataError) -> NumPyArray?
    ) throws(DataError) -> (features: Int, split: Split) {
        let inputs = try required(inputName, array)
        let labels = try required(labelName, array)
        guard inputs.shape.count == 2 else {
            throw DataError("\(inputName) has shape \(NumPyArray.text(inputs.shape)), not (examples, features)")
        }
        guard labels.shape.count == 1 else {
            throw DataError("\(labelName) has shape \(NumPyArray.text(labels.shape)), not (examples,)")
        }
        guard inputs.shape[0] == labels.shape[0] else {
            throw DataError("\(inputName) has \(inputs.shape[0]) rows but \(labelName) has \(labels.shape[0])")
        }
        // Before anything is decoded: an array without bytes may have any number of rows or columns.
        guard featureBounds.contains(inputs.shape[1]) else {
            throw DataError("\(inputName) has \(inputs.shape[1]) features: 1 to 65536 are possible")
        }
        return (inputs.shape[1], Split(inputs: try floats(inputs, inputName), labels: try integers(labels, labelName)))
    }

    private static func required(
        _ name: String,
        _ array: (String) throws(DataError) -> NumPyArray?
    ) throws(DataError) -> NumPyArray {
        guard let found = try array(name) else {
            throw DataError("\(name) is missing: a dataset holds the arrays x, y, x_test and y_test")
        }
        return found
    }

    private static func floats(_ array: NumPyArray, _ name: String) throws(DataError) -> [Float] {
        switch array.element.scalar {
        case .float64: return array.elements { Float(Double(bitPattern: $0)) }
        case .float32: return array.elements { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
        case let other: throw DataError("\(name) holds \(other) values: convert it with \(name).astype('float32')")
        }
    }

    private static func integers(_ array: NumPyArray, _ name: String) throws(DataError) -> [Int64] {
        switch array.element.scalar {
        case .int64: return array.elements { Int64(bitPattern: $0) }
        case .int32: return array.elements { Int64(Int32(truncatingIfNeeded: $0)) }
        case .uint8: return array.elements { Int64($0) }
        case let other: throw DataError("\(name) holds \(other) values: convert it with \(name).astype('int64')")
        }
    }
}
