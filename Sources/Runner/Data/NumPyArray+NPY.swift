extension NumPyArray {
    /// Reads one array from the bytes of an `.npy` file, format versions 1 to 3.
    init(npy bytes: [UInt8], in range: Range<Int>) throws(DataError) {
        var reader = ByteReader(bytes, at: range.lowerBound)
        reader.limit = range.upperBound
        let magic = try reader.take(6)
        guard bytes[magic].elementsEqual([0x93] + "NUMPY".utf8) else {
            throw DataError("the six bytes of an npy file are missing at byte \(magic.lowerBound)")
        }
        let major = try reader.integer(UInt8.self)
        let minor = try reader.integer(UInt8.self)
        guard (1...3).contains(major), minor == 0 else {
            throw DataError("npy version \(major).\(minor) is unknown: versions 1.0, 2.0 and 3.0 are read")
        }
        let length = major == 1 ? UInt64(try reader.integer(UInt16.self)) : UInt64(try reader.integer(UInt32.self))
        let text = try reader.take(length)
        var header = NPYHeader(bytes[text])
        let (element, shape, columnMajor) = try header.parse()
        let data = reader.position..<range.upperBound
        try Self.check(shape, of: element, byteCount: data.count)
        self.init(element: element, shape: shape, columnMajor: columnMajor, bytes: bytes[data])
    }
}

/// The header text of an `.npy` file: a Python dictionary literal of three entries, of which only what NumPy
/// writes is understood: `{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }`.
private struct NPYHeader {
    private var text: Substring.UTF8View

    init(_ bytes: ArraySlice<UInt8>) {
        text = Substring(String(decoding: bytes.prefix(10_000), as: UTF8.self)).utf8
    }

    mutating func parse() throws(DataError) -> (NumPyArray.Element, shape: [Int], columnMajor: Bool) {
        var element: NumPyArray.Element?
        var shape: [Int]?
        var columnMajor: Bool?
        try expect("{")
        while !accept("}") {
            let key = try string()
            try expect(":")
            switch key {
            case "descr" where element == nil: element = try self.element()
            case "fortran_order" where columnMajor == nil: columnMajor = try bool()
            case "shape" where shape == nil: shape = try tuple()
            default: throw DataError("the npy header has the key '\(key)' unexpectedly")
            }
            if !accept(",") {
                try expect("}")
                break
            }
        }
        try expect("\n")
        guard text.isEmpty, let element, let shape, let columnMajor else {
            throw DataError("the npy header must hold descr, fortran_order and shape, and end with a newline")
        }
        return (element, shape, columnMajor)
    }

    private mutating func accept(_ token: String) -> Bool {
        text = text.drop { $0 == UInt8(ascii: " ") }
        guard text.starts(with: token.utf8) else { return false }
        text = text.dropFirst(token.utf8.count)
        return true
    }

    private mutating func expect(_ token: String) throws(DataError) {
        guard accept(token) else {
            throw DataError("the npy header has \(String(quoting: Array(text.prefix(20)))) where '\(token)' belongs")
        }
    }

    private mutating func string() throws(DataError) -> String {
        let quote = accept("\"") ? "\"" : "'"
        if quote == "'" { try expect("'") }
        let value = text.prefix { $0 != quote.utf8.first }
        text = text.dropFirst(value.count)
        try expect(quote)
        return String(decoding: value.prefix(60), as: UTF8.self)
    }

    private mutating func bool() throws(DataError) -> Bool {
        if accept("True") { return true }
        try expect("False")
        return false
    }

    private mutating func element() throws(DataError) -> NumPyArray.Element {
        if accept("[") { throw DataError("the array has named fields: only plain numbers are read") }
        let descr = try string()
        guard let scalar = NumPyArray.Scalar(rawValue: String(descr.dropFirst())),
            let element = NumPyArray.Element(scalar, order: descr.prefix(1))
        else {
            throw DataError(
                "the array has type '\(descr)': convert inputs with .astype('float32'), labels with .astype('int64')"
            )
        }
        return element
    }

    private mutating func tuple() throws(DataError) -> [Int] {
        var values: [Int] = []
        try expect("(")
        while !accept(")") {
            _ = accept("")
            let digits = text.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let value = Int(String(decoding: digits, as: UTF8.self)), values.count < NumPyArray.dimensionLimit
            else {
                throw DataError("the npy header has a shape that is none: \(String(quoting: Array(text.prefix(20))))")
            }
            text = text.dropFirst(digits.count)
            values.append(value)
            if !accept(",") {
                // (3) is a number in Python, not a tuple.
                guard values.count > 1 else { throw DataError("the npy header has a number where a shape belongs") }
                try expect(")")
                break
            }
        }
        return values
    }
}
