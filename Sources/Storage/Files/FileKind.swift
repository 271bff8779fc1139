/// What a file that is written holds, known by its first bytes: only a file of the same kind may be replaced.
public enum FileKind: Sendable {
    /// A Varve store.
    case store
    /// Pictures.
    case svg, png, pdf
    /// Weights, https://github.com/huggingface/safetensors#format.
    case safetensors
    /// Arrays of NumPy, in a ZIP archive.
    case npz
    /// A file of a run, which may be of any kind but a database or what SQLite keeps beside one.
    case artifact

    /// How many bytes of a file are looked at.
    static let lookedAt = 4096

    /// Whether a file that begins so is of this kind.
    func fits(_ bytes: [UInt8]) -> Bool {
        switch self {
        case .store:
            bytes.count >= 100 && bytes.starts(with: Self.mark) && bytes[68..<72].elementsEqual("Varv".utf8)
        case .svg: Self.isSVG(String(decoding: bytes, as: UTF8.self))
        case .png: bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        case .pdf: bytes.starts(with: Array("%PDF-".utf8))
        case .safetensors:
            // The header's length in 8 bytes, at most 100 MB by the format's own rule, then the header as JSON.
            bytes.count > 8 && bytes[4..<8].allSatisfy { $0 == 0 } && bytes[8] == UInt8(ascii: "{")
        case .npz: Self.isNPZ(bytes)
        case .artifact: ![Self.mark, Self.journalMark].contains { bytes.starts(with: $0) } && !Self.isLog(bytes)
        }
    }

    /// The first bytes of every SQLite file, https://www.sqlite.org/fileformat.html.
    static let mark = Array("SQLite format 3\0".utf8)

    /// The first bytes of a journal, and of a log but for its last bit.
    static let journalMark: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]

    private static func isLog(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 32 && bytes.starts(with: [0x37, 0x7F, 0x06]) && bytes[3] | 1 == 0x83
    }

    private static func isSVG(_ text: String) -> Bool {
        let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        guard start.hasPrefix("<svg") || start.hasPrefix("<?xml") || start.hasPrefix("<!") else { return false }
        return start.contains("<svg")
    }

    /// Whether the first member of an archive is an array, by the name in its header.
    private static func isNPZ(_ bytes: [UInt8]) -> Bool {
        if bytes.starts(with: [0x50, 0x4B, 5, 6]) { return true }
        guard bytes.starts(with: [0x50, 0x4B, 3, 4]), bytes.count > 30 else { return false }
        let name = bytes[30...].prefix(Int(bytes[26]) | Int(bytes[27]) << 8)
        return name.suffix(4).elementsEqual(".npy".utf8)
    }
}

extension FileKind: CustomStringConvertible {
    public var description: String {
        switch self {
        case .store: "a Varve store"
        case .svg: "an SVG picture"
        case .png: "a PNG picture"
        case .pdf: "a PDF file"
        case .safetensors: "a safetensors file"
        case .npz: "an npz file"
        case .artifact: "a file"
        }
    }
}
