import Foundation
import Testing

/// Reads a JSON vector file from `Fixtures`.
func fixture<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "json"))
    return try JSONDecoder().decode(Value.self, from: Data(contentsOf: url))
}

/// The value of a big-endian hexadecimal bit pattern, as the vectors write floats.
func float(bits: String) throws -> Float {
    Float(bitPattern: try #require(UInt32(bits, radix: 16)))
}

/// As ``float(bits:)`` for 64-bit patterns.
func double(bits: String) throws -> Double {
    Double(bitPattern: try #require(UInt64(bits, radix: 16)))
}
