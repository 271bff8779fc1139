/// A 64-bit checksum of values, by which damage to what was recorded is found.
///
/// Every value, as one or more words of 64 bits, is mixed into the state by a function that is one-to-one in the state and
/// in the word, so a row of which a single word has changed never has its checksum any more; one of which several have
/// changed has it by chance, once in 2^64. The sum of many rows is the exclusive or of their checksums: their order does
/// not matter, and a row that is replaced goes out as it came in. This finds accidents, not forgers.
///
/// The function is that of SplitMix64: Steele, Lea and Flood, Fast splittable pseudorandom number generators (2014).
struct Checksum {
    private(set) var state: UInt64

    init(_ state: UInt64 = 0) { self.state = state }

    /// The state as a column holds it.
    var stored: Int64 { Int64(bitPattern: state) }

    mutating func add(_ word: UInt64) {
        var mixed = (state ^ word) &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        state = mixed ^ mixed >> 31
    }

    mutating func add(_ integer: Int64) { add(UInt64(bitPattern: integer)) }

    /// Adds a real as SQLite keeps it: every NaN is one, as NULL, and so are both zeros.
    mutating func add(_ real: Double) { add(real.isNaN ? Double.nan.bitPattern : real == 0 ? 0 : real.bitPattern) }

    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        add(UInt64(bytes.count))
        for start in stride(from: 0, to: bytes.count, by: 8) {
            var word: UInt64 = 0
            for byte in bytes[start..<min(start + 8, bytes.count)] { word = word << 8 | UInt64(byte) }
            add(word)
        }
    }

    /// Adds a value with its type, as SQLite returns it.
    mutating func add(_ value: SQLValue) {
        switch value {
        case .null: add(0 as UInt64)
        case .integer(let value):
            add(1 as UInt64)
            add(value)
        case .real(let value):
            add(2 as UInt64)
            add(value)
        case .text(let value):
            add(3 as UInt64)
            add(value)
        case .blob(let value):
            add(4 as UInt64)
            value.withUnsafeBytes { add($0) }
        }
    }
}

extension Checksum {
    /// That of a layer, which begins those of its variances: keys differ from store to store.
    init(_ layer: LayerPlace) {
        self.init()
        add(layer.name)
        add(layer.shortName)
        add(Int64(layer.position))
        add(layer.measure)
        add(layer.afterNorm ? 1 : 0 as Int64)
    }

    /// That of a metric's name, which begins those of its values.
    init(key: String) {
        self.init()
        add(key)
    }

    /// The checksum of a variance, from that of its layer.
    func variance(step: Int64, _ variance: Double) -> Checksum {
        var row = self
        row.add(step)
        row.add(variance)
        return row
    }

    /// The checksum of a metric's value, from that of its name.
    func metric(step: Int64, timestamp: Int64, _ value: Double, isNaN: Bool) -> Checksum {
        var row = self
        row.add(step)
        row.add(timestamp)
        row.add(value)
        row.add(isNaN ? 1 : 0 as Int64)
        return row
    }
}
