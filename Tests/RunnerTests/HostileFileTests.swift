import Foundation
import Testing

@testable import Runner

/// Damaged and malicious files: each is refused in one line, and none ends the program or fills the memory.
@Suite struct HostileFileTests {
    let fixtures: DatasetFixtures

    init() throws {
        fixtures = try .load()
        try #require(fixtures.pickles.count == 8 && fixtures.npz.count == 2)
    }

    @Test(arguments: [0, 1, 2, 3]) func `a pickle cut short anywhere is refused`(_ index: Int) {
        let bytes = Array(fixtures.pickles[index].bytes)
        for count in bytes.indices { expectRefusal(bytes[..<count], "\(count) bytes") }
    }

    @Test(arguments: 0..<2) func `an npz cut short anywhere is refused`(_ index: Int) {
        let bytes = Array(fixtures.npz[index].bytes)
        for count in bytes.indices { expectRefusal(bytes[..<count], "\(count) bytes") }
    }

    @Test(arguments: 0..<8) func `a pickle whose lengths are enlarged is refused`(_ index: Int) {
        let file = fixtures.pickles[index]
        let bytes = Array(file.bytes)
        for field in file.lengths {
            for (position, change) in [(0, 1), (0, 7), (field[1] - 1, 0x40), (field[1] - 1, 0xFF)] {
                var mutated = bytes
                let byte = field[0] + position
                mutated[byte] = UInt8(min(Int(mutated[byte]) + change, 0xFF))
                guard mutated != bytes else { continue }
                expectRefusal(mutated, "length at byte \(field[0])")
            }
        }
    }

    @Test(arguments: 0..<8) func `a pickle in which a name of NumPy's or of an array is replaced is refused`(
        _ index: Int
    ) {
        let file = fixtures.pickles[index]
        let bytes = Array(file.bytes)
        // What a dataset does not need may be called anything.
        let free = ["t", "templates", "note", "made for a test"]
        for name in file.names {
            let range = name[0]..<name[0] + name[1]
            let text = String(decoding: bytes[range], as: UTF8.self)
            // Protocol 2 keeps the numbers themselves in strings.
            guard !free.contains(text), text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A }) else {
                continue
            }
            for i in range where bytes[i] != 0x0A {
                var mutated = bytes
                mutated[i] = bytes[i] == UInt8(ascii: "z") ? UInt8(ascii: "q") : UInt8(ascii: "z")
                expectRefusal(mutated, "'\(text)' at byte \(i)")
            }
        }
    }

    @Test(arguments: [1, 3]) func `a pickle with an opcode swapped never gives another dataset unnoticed`(
        _ index: Int
    ) throws {
        let file = fixtures.pickles[index]
        let bytes = Array(file.bytes)
        let dataset = try fixtures.dataset
        let opcodes = (UInt8.min...UInt8.max).filter { PickleOpcode(rawValue: $0) != nil }
        var accepted: Set<String> = []
        for place in file.opcodes {
            for opcode in opcodes where opcode != bytes[place] {
                var mutated = bytes
                mutated[place] = opcode
                // The order of a matrix's elements is one opcode, and either is plausible.
                if let read = try? Dataset(file: mutated), read != dataset {
                    accepted.insert("\(bytes[place]) \(opcode)")
                }
            }
        }
        #expect(accepted.isSubset(of: ["136 137", "137 136"]))
    }

    @Test(arguments: 0..<2) func `an npz gives the same dataset or a refusal whatever byte is replaced`(
        _ index: Int
    ) throws {
        let bytes = Array(fixtures.npz[index].bytes)
        let dataset = try fixtures.dataset
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
        for i in bytes.indices {
            for change: UInt8 in [0x01, 0x80, 0xFF] {
                var mutated = bytes
                mutated[i] ^= change
                // The directory alone holds what nothing depends on, such as file permissions.
                if i < start { expectRefusal(mutated, "byte \(i)") }
                if let read = try? Dataset(file: mutated) { #expect(read == dataset, "byte \(i)") }
            }
        }
    }

    @Test(arguments: 0..<10) func `random damage is survived`(_ index: Int) throws {
        let files = fixtures.pickles.map(\.bytes) + fixtures.npz.map(\.bytes)
        let bytes = Array(files[index])
        var random = NumPyRandom(seed: UInt32(index))
        func below(_ bound: Int) -> Int { Int(random.integer(through: UInt64(bound - 1))) }
        for _ in 0..<500 {
            var mutated = bytes
            for _ in 0...below(3) {
                let place = below(mutated.count)
                switch below(5) {
                case 0: mutated[place] = UInt8(below(256))
                case 1: mutated[place] ^= 1 << UInt8(below(8))
                case 2 where mutated.count > 1: mutated.remove(at: place)
                case 3: mutated.insert(UInt8(below(256)), at: place)
                default: mutated[place] = mutated[below(mutated.count)]
                }
            }
            if let refusal = refusal(of: mutated) { #expect(!refusal.message.contains("\n")) }
        }
    }

    static let bombs: [(String, [UInt8], String)] = {
        let many = 2_000_000
        return [
            ("values", [0x80, 3] + [UInt8](repeating: 0x4E, count: many), "more than 100000 opcodes"),
            ("marks", [0x80, 3] + [UInt8](repeating: 0x28, count: many), "more than 100000 opcodes"),
            ("memo", [0x80, 4, 0x4E] + [UInt8](repeating: 0x94, count: many), "more than 100000 opcodes"),
            ("nesting", [0x80, 3, 0x4E] + [UInt8](repeating: 0x85, count: 99_000) + [0x2E], "exactly one dictionary"),
            ("itself", [0x80, 3] + "}q\0X\u{1}\0\0\0ah\0s.".utf8, "x is missing"),
            ("trailing", [0x80, 3] + "}.}".utf8, "go on after STOP"),
            ("left over", [0x80, 3] + "N}.".utf8, "exactly one dictionary"),
            ("twice", [0x80, 3] + "}X\u{1}\0\0\0aNsX\u{1}\0\0\0aNs.".utf8, "the key 'a' occurs twice"),
            ("not UTF-8", [0x80, 3] + "}X\u{1}\0\0\0".utf8 + [0xFF] + "Ns.".utf8, "not valid UTF-8"),
            ("other value", [0x80, 3] + "}X\u{1}\0\0\0xNs.".utf8, "x is not a NumPy array"),
        ]
    }()

    @Test(arguments: bombs.indices) func `a file made to exhaust or mislead the reader is refused`(_ index: Int) {
        let (name, bytes, complaint) = Self.bombs[index]
        let message = refusal(of: bytes)?.message
        #expect(message?.contains(complaint) == true, "\(name): \(message ?? "accepted")")
    }

    /// Changes to the pickle of protocol 3 that leave it readable for Python, but that Python never writes.
    static let oddities: [(from: [UInt8], to: [UInt8], complaint: String)] = [
        ([0x80, 3], [0x80, 4], "the opcode binPut does not belong into a pickle of protocol 4"),
        ([0x7D, 0x71, 0], [0x7D, 0x71, 1], "memo entry 1 is written where entry 0 belongs"),
        ([0xFF, 0x4B, 0, 0x74], [0xFF, 0x4B, 1, 0x74], "the state of a dtype is not that of a plain number"),
        ([0x4B, 0, 0x85], [0x8A, 0, 0x85], "an integer of 0 bytes is none that Python writes so"),
        ([0x68, 24, 0x89], [0x68, 24, 0x88], "an array has no proper shape or type"),
    ]

    @Test(arguments: oddities.indices) func `a pickle that Python would not have written so is refused`(
        _ index: Int
    ) throws {
        let (from, to, complaint) = Self.oddities[index]
        var bytes = Array(fixtures.pickles[1].bytes)
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: from) })
        bytes.replaceSubrange(place..<place + from.count, with: to)
        let message = refusal(of: bytes)?.message
        #expect(message?.contains(complaint) == true, "\(message ?? "accepted")")
    }

    @Test func `an npz with a gap, a second member of a name or a wrong offset is refused`() throws {
        let bytes = Array(fixtures.npz[0].bytes)
        func places(_ pattern: some Sequence<UInt8>) -> [Int] {
            let pattern = Array(pattern)
            return bytes.indices.filter { bytes[$0...].starts(with: pattern) }
        }
        let directory = places([0x50, 0x4B, 1, 2])

        var gap = bytes
        gap.insert(0, at: directory[0])
        // The low byte of the directory's offset, in the last 22 bytes.
        gap[gap.count - 6] += 1
        #expect(refusal(of: gap)?.message == "the zip file has bytes that belong to no member")

        var twins = bytes
        for place in places("y.npy".utf8) { twins[place] = UInt8(ascii: "x") }
        #expect(refusal(of: twins)?.message == "member 'x.npy': there are two of this name")

        var moved = bytes
        moved[directory[1] + 42] += 1
        #expect(refusal(of: moved)?.message.hasPrefix("member 'y.npy' does not begin at byte") == true)
    }

    private func expectRefusal(_ bytes: some Sequence<UInt8>, _ what: String) {
        let refusal = refusal(of: Array(bytes))
        #expect(refusal?.message.isEmpty == false, "\(what)")
        #expect(refusal?.message.contains("\n") != true, "\(what)")
    }
}
