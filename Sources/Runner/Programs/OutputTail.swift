/// The end of what a program prints, and its lines as they come.
struct OutputTail {
    /// How much is kept, in bytes.
    static let limit = 64 << 10
    /// The longest line that is looked at.
    private static let lineLimit = 16 << 10

    private var bytes: [UInt8] = []
    private var line: [UInt8] = []
    /// Whether something before what is kept is gone.
    private(set) var isCut = false

    /// Takes what was printed.
    ///
    /// - Parameters:
    ///   - chunk: what follows the last one.
    ///   - body: takes each line that ends in it, without its end and without colours; nil where nobody asks.
    mutating func take(_ chunk: some Collection<UInt8>, _ body: (([UInt8]) -> Void)? = nil) {
        bytes += chunk
        if bytes.count > 4 * Self.limit { trim() }
        guard let body else { return }
        for byte in chunk {
            // Progress bars write over their line.
            guard byte == 10 || byte == 13 else {
                if line.count < Self.lineLimit { line.append(byte) }
                continue
            }
            if !line.isEmpty { body(Self.plain(line)) }
            line.removeAll(keepingCapacity: true)
        }
    }

    /// Hands over the last line where it has no end.
    mutating func finish(_ body: ([UInt8]) -> Void) {
        if !line.isEmpty { body(Self.plain(line)) }
        line = []
    }

    private mutating func trim() {
        guard bytes.count > Self.limit else { return }
        isCut = true
        bytes.removeFirst(bytes.count - Self.limit)
        // A character is not cut in two.
        while let first = bytes.first, first & 0xC0 == 0x80 { bytes.removeFirst() }
    }

    /// What is kept.
    mutating func content() -> [UInt8] {
        trim()
        return bytes
    }

    /// The last line that says something, at most 200 characters of it.
    mutating func lastLine() -> String? {
        let lines = content().suffix(8 << 10).split { $0 == 10 || $0 == 13 }
        for line in lines.reversed() {
            let text = String(decoding: Self.plain(Array(line)), as: UTF8.self)
            let words = text.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
            if !words.isEmpty { return String(words.prefix(200)) }
        }
        return nil
    }

    /// A line without the sequences that colour it.
    private static func plain(_ line: [UInt8]) -> [UInt8] {
        guard line.contains(27) else { return line }
        var plain: [UInt8] = []
        var rest = line[...]
        while let byte = rest.popFirst() {
            guard byte == 27 else {
                plain.append(byte)
                continue
            }
            guard rest.first == UInt8(ascii: "[") else { continue }
            while let next = rest.popFirst() {
                if (64...126).contains(next), next != UInt8(ascii: "[") { break }
            }
        }
        return plain
    }
}
