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
}
