/// The opcodes of a pickled dictionary of NumPy arrays, by their names in Python's `pickletools`.
enum PickleOpcode: UInt8 {
    case mark = 0x28  // (
    case emptyTuple = 0x29  // )
    case stop = 0x2E  // .
    case binFloat = 0x47  // G
    case binInt = 0x4A  // J
    case binInt1 = 0x4B  // K
    case binInt2 = 0x4D  // M
    case none = 0x4E  // N
    case reduce = 0x52  // R
    case binUnicode = 0x58  // X
    case build = 0x62  // b
    case global = 0x63  // c
    case binGet = 0x68  // h
    case longBinGet = 0x6A  // j
    case binPut = 0x71  // q
    case longBinPut = 0x72  // r
    case setItem = 0x73  // s
    case tuple = 0x74  // t
    case setItems = 0x75  // u
    case emptyDict = 0x7D  // }
    case proto = 0x80
    case tuple1 = 0x85
    case tuple2 = 0x86
    case tuple3 = 0x87
    case newTrue = 0x88
    case newFalse = 0x89
    case long1 = 0x8A
    case binBytes = 0x42  // B
    case shortBinBytes = 0x43  // C
    case shortBinUnicode = 0x8C
    case binUnicode8 = 0x8D
    case binBytes8 = 0x8E
    case stackGlobal = 0x93
    case memoize = 0x94
    case frame = 0x95
    case byteArray8 = 0x96

    /// The protocols in which Python writes the opcode; its presence in another one means damage.
    var protocols: ClosedRange<UInt8> {
        switch self {
        case .global, .binPut, .longBinPut: 2...3
        case .binBytes, .shortBinBytes: 3...5
        case .shortBinUnicode, .binUnicode8, .binBytes8, .stackGlobal, .memoize, .frame: 4...5
        case .byteArray8: 5...5
        default: 2...5
        }
    }
}
