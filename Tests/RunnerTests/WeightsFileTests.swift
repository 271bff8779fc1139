import Testing

@testable import Runner

@Suite struct WeightsFileTests {
    let tensors = [
        Tensor(name: "linear1.weight", shape: [1, 2], dtype: .float32, bytes: [0, 0, 128, 63, 0, 0, 0, 64]),
        Tensor(name: "batchnorm1.num_batches_tracked", shape: [], dtype: .int64, bytes: [1, 0, 0, 0, 0, 0, 0, 0]),
    ]

    @Test func `a file is the header's length, the padded header, and the data in order`() throws {
        let bytes = try WeightsFile.content(tensors, metadata: ["run": "1", "at": "a \"b\"\n\\"])
        let header =
            #"{"__metadata__":{"at":"a \"b\"\u000a\\","run":"1"},"#
            + #""linear1.weight":{"dtype":"F32","shape":[1, 2],"data_offsets":[0,8]},"#
            + #""batchnorm1.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[8,16]}}"#
        let length = (header.utf8.count + 7) / 8 * 8
        #expect(bytes.prefix(8) == [UInt8(length & 0xFF), UInt8(length >> 8), 0, 0, 0, 0, 0, 0])
        #expect(
            bytes.dropFirst(8).prefix(length).elementsEqual(
                (header + String(repeating: " ", count: length - header.utf8.count)).utf8
            )
        )
        #expect(bytes.dropFirst(8 + length) == (tensors[0].bytes + tensors[1].bytes)[...])
    }

    @Test func `without metadata the header holds the tensors alone`() throws {
        let bytes = try WeightsFile.content([], metadata: [:])
        #expect(bytes == [8, 0, 0, 0, 0, 0, 0, 0] + "{}      ".utf8)
    }

    @Test(arguments: [
        (Tensor(name: "linear1.weight", shape: [1], dtype: .float32, bytes: [0, 0, 0, 0]), "is taken"),
        (Tensor(name: "__metadata__", shape: [1], dtype: .float32, bytes: [0, 0, 0, 0]), "is taken"),
        (Tensor(name: "a", shape: [2], dtype: .float32, bytes: [0, 0, 0, 0]), "but 4 bytes"),
        (Tensor(name: "a", shape: [-1], dtype: .float32, bytes: []), "but 0 bytes"),
        (Tensor(name: "a", shape: [.max, 8], dtype: .int64, bytes: []), "but 0 bytes"),
    ]) func `tensors that would make a broken file are refused`(tensor: Tensor, complaint: String) throws {
        let error = #expect(throws: DataError.self) {
            try WeightsFile.content(tensors + [tensor], metadata: [:])
        }
        #expect(error?.message.contains(complaint) == true)
    }

    /// A file of one tensor.
    private func file(_ name: String = "w", _ type: String, shape: [Int], _ data: [UInt8]) -> [UInt8] {
        let header = "{\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[0,\(data.count)]}}"
        return [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + header.utf8 + data
    }

    private func values(_ type: String, _ data: [UInt8], count: Int) throws -> [UInt32] {
        let tensor = try #require(try WeightsFile.tensors(in: file(type, shape: [count], data)).first)
        #expect(tensor.dtype == .float32 && tensor.shape == [count])
        return tensor.bytes.withUnsafeBytes { bytes in
            (0..<count).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
        }
    }

    // torch.tensor(bits, dtype=torch.int16).view(torch.float16).float().view(torch.int32), PyTorch 2.13.
    @Test func `half precision is widened exactly, subnormals and infinities too`() throws {
        let bits: [UInt8] = [0x00, 0x3C, 0x01, 0x00, 0xFF, 0x03, 0x00, 0x80, 0x00, 0x7C, 0xFF, 0xFB, 0x00, 0x7E]
        #expect(
            try values("F16", bits, count: 7) == [
                0x3F80_0000, 0x3380_0000, 0x387F_C000, 0x8000_0000, 0x7F80_0000, 0xC77F_E000, 0x7FC0_0000,
            ]
        )
        #expect(
            try values("BF16", [0x80, 0x3F, 0x01, 0x00, 0x80, 0xFF], count: 3) == [0x3F80_0000, 0x10000, 0xFF80_0000]
        )
    }

    @Test func `double precision is rounded to the nearest, ties to even`() throws {
        let doubles = [1 + 0x1p-24, 1 + 3 * 0x1p-24, 1 + 0x1p-24 + 0x1p-50, 0x1p-150, 0x1.8p-149, 1e39, -0.0]
        let bytes = doubles.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
        #expect(
            try values("F64", bytes, count: 7) == [
                0x3F80_0000, 0x3F80_0002, 0x3F80_0001, 0, 2, 0x7F80_0000, 0x8000_0000,
            ]
        )
    }

    @Test(arguments: [
        ("w", "F8_E4M3", [4], "F8_E4M3"), ("w", "F16", [4], "the shape [4] but 4 bytes"),
        ("w", "F16", [Int.max], "bytes"), ("w", "F64", [1], "bytes"), ("", "F32", [1], "empty"),
        ("a\\u001b[2J", "F32", [1], "'a\\u{1b}[2J'"), ("a\\u202eb", "F32", [1], "control characters"),
    ]) func `what no state holds is refused by its name`(name: String, type: String, shape: [Int], words: String) throws
    {
        let error = #expect(throws: DataError.self) {
            try WeightsFile.tensors(in: file(name, type, shape: shape, [1, 2, 3, 4]))
        }
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }
}
