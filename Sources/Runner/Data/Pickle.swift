/// A pickled dictionary of NumPy arrays, read by a stack machine that executes nothing.
///
/// Only the opcodes that such a dictionary needs are known (``PickleOpcode``), and only six names (``Name``), which
/// mean fixed shapes of argument and are never called. Whatever deviates from what Python's own pickler writes
/// is refused. Every value is small and refers to the file's bytes or to the lists below by position, so there is no
/// recursion, and the number of opcodes bounds the memory.
struct Pickle {
    /// A Python value.
    ///
    /// Containers are held by position because the memo shares them before they are filled.
    enum Value {
        case none
        case bool(Bool)
        case integer(Int)
        case float
        case text(Text)
        case bytes(Bytes)
        case tuple(Range<Int>)
        case dictionary(Int)
        case dtype(Int)
        case array(Int)
        case name(Name)
    }

    /// A string: where its UTF-8 lies, and its length if all characters are Latin-1.
    struct Text {
        let range: Range<Int>
        let latin1Count: Int?
    }

    /// A byte string: the bytes themselves or, in protocol 2, a string whose characters are them.
    struct Bytes {
        let range: Range<Int>
        let count: Int
        let isText: Bool
    }

    /// The names that a pickle may refer to.
    enum Name {
        case reconstruct, fromBuffer, ndarray, dtype, encode, bytes
    }

    /// A data type: made by a call, completed by BUILD.
    struct DType {
        let scalar: NumPyArray.Scalar
        var element: NumPyArray.Element?
    }

    /// An array: made empty by a call, filled by BUILD.
    struct Array {
        var content: (element: NumPyArray.Element, shape: [Int], columnMajor: Bool, bytes: Bytes)?
    }

    /// Far more than any dictionary of arrays takes (the official MNIST-1D file: 260); bounds the memory to 20 MiB.
    static let opcodeLimit = 100_000
    static let keyLimit = 255

    var reader: ByteReader
    var version: UInt8 = 0
    var insideFrame = false
    /// Where the opcode at hand begins, for messages.
    var offset = 0
    var stack: [Value] = []
    var marks: [Int] = []
    var memo: [Value] = []

    var tupleElements: [Value] = []
    var dictionaries: [[String: Value]] = []
    var dtypes: [DType] = []
    var arrays: [Array] = []
    /// The position of the dictionary that the file holds.
    private(set) var root = 0

    /// Reads a whole file.
    init(_ bytes: [UInt8]) throws(DataError) {
        reader = ByteReader(bytes)
        root = try run()
    }

    /// The array under a key of a dictionary, of the outermost one if none is given.
    func array(named name: String, in dictionary: Int) throws(DataError) -> NumPyArray? {
        switch dictionaries[dictionary][name] {
        case nil: return nil
        case .array(let index): return try decoded(index)
        default: throw DataError("\(name) is not a NumPy array")
        }
    }

    /// The array under a key of the outermost dictionary.
    func array(named name: String) throws(DataError) -> NumPyArray? {
        try array(named: name, in: root)
    }

    private func decoded(_ index: Int) throws(DataError) -> NumPyArray? {
        guard let (element, shape, columnMajor, bytes) = arrays[index].content else { return nil }
        let slice = reader.bytes[bytes.range]
        let raw = bytes.isText ? latin1(slice, count: bytes.count)[...] : slice
        return NumPyArray(element: element, shape: shape, columnMajor: columnMajor, bytes: raw)
    }

    /// The bytes that valid UTF-8 of one- and two-byte characters is.
    private func latin1(_ text: ArraySlice<UInt8>, count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        var lead: UInt8 = 0
        for byte in text {
            if byte < 0x80 {
                bytes.append(byte)
            } else if byte >= 0xC0 {
                lead = byte
            } else {
                bytes.append(lead << 6 | byte & 0x3F)
            }
        }
        return bytes
    }

    /// A refusal at the opcode at hand.
    func refusal(_ text: String) -> DataError {
        DataError("\(text) (at byte \(offset))")
    }
}
