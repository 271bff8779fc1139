import Foundation
import Testing

@testable import Runner

/// Files of all types and shapes that NumPy writes, and those that must be refused.
@Suite struct NumPyFormatTests {
    struct Vectors: Decodable {
        struct Content: Decodable {
            let dtype: String
            let shape: [Int]
            let fortran: Bool
            let values_c_order: [Double]
        }
        struct PickleFile: Decodable {
            let base64: Data
        }
        struct Refused: Decodable {
            let why: String
            let base64: Data
        }
        struct NPYFile: Decodable {
            let name: String
            let base64: Data
        }
        struct ZipFile: Decodable {
            let kind: String
            let base64: Data
        }
        let contents: [String: Content]
        let pickles: [PickleFile]
        let must_refuse: [Refused]
        let npy: [NPYFile]
        let npz: [ZipFile]
        let npy_must_refuse: [Refused]
    }

    let vectors: Vectors

    init() throws {
        vectors = try fixture("formats")
        #expect(vectors.contents.count == 10 && vectors.npy.count == 12)
    }

    @Test(arguments: 0..<6) func `every array of a pickle comes out as NumPy wrote it`(_ index: Int) throws {
        let pickle = try Pickle(Array(vectors.pickles[index].base64))
        for (name, content) in vectors.contents {
            try expect(try pickle.array(named: name), content, name)
        }
        guard case .dictionary(let nested)? = pickle.dictionaries[pickle.root]["nested"] else {
            Issue.record("nested is no dictionary")
            return
        }
        #expect(try pickle.array(named: "y", in: nested)?.doubles == [0, 1, 2])
        #expect(try pickle.array(named: "t", in: nested)?.doubles == [0.5])
        #expect(try pickle.array(named: "absent") == nil)
    }

    @Test(arguments: 0..<15) func `a pickle that could do harm or is damaged is refused`(_ index: Int) throws {
        let record = vectors.must_refuse[index]
        #expect(throws: DataError.self, "\(record.why)") { try Pickle(Array(record.base64)) }
    }

    @Test func `a refused name is reported with its place`() throws {
        let pickle: [UInt8] = [0x80, 3] + "cos\nsystem\n.".utf8
        #expect(
            refusal(of: pickle)?.message == "the pickle refers to 'system' of the module 'os': "
                + "only NumPy's arrays are read and nothing is executed (at byte 2)"
        )
    }

    @Test(arguments: 0..<12) func `an npy file of every version comes out as NumPy wrote it`(_ index: Int) throws {
        let record = vectors.npy[index]
        let bytes = Array(record.base64)
        let content = try #require(vectors.contents[record.name])
        try expect(NumPyArray(npy: bytes, in: bytes.indices), content, record.name)
    }

    @Test func `an npy file of objects is refused`() throws {
        #expect(vectors.npy_must_refuse.count == 1)
        for record in vectors.npy_must_refuse {
            let bytes = Array(record.base64)
            let way = "convert inputs with .astype('float32'), labels with .astype('int64')"
            #expect(throws: DataError("the array has type '|O': \(way)")) {
                try NumPyArray(npy: bytes, in: bytes.indices)
            }
        }
    }

    @Test func `the members of a stored npz come out as NumPy wrote them`() throws {
        let bytes = Array(try #require(vectors.npz.first { $0.kind == "stored" }).base64)
        let members = try ZipArchive(bytes).members
        #expect(members.count == 5)
        for member in members {
            let name = String(member.name.dropLast(4))
            let content = try #require(vectors.contents[name])
            try expect(NumPyArray(npy: bytes, in: member.range), content, name)
        }
    }

    @Test func `a deflated npz is refused with the way out`() throws {
        let bytes = Array(try #require(vectors.npz.first { $0.kind == "deflated" }).base64)
        #expect(
            throws: DataError("member 'f8.npy' is deflated: use np.savez instead of np.savez_compressed")
        ) { try ZipArchive(bytes) }
    }

    @Test(
        arguments: [
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n", nil),
            ("{\"shape\": (1), 'descr': '<f8', 'fortran_order': False}\n", "a number where a shape belongs"),
            ("{'shape': (1,), 'descr': '<f8', 'fortran_order': True}   \n", nil),
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", "where '\n' belongs"),
            ("{'descr': '<f8', 'fortran_order': False}\n", "must hold descr, fortran_order and shape"),
            ("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}\n", "'descr' unexpectedly"),
            ("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}\n", "named fields"),
            ("{'descr': '|f8', 'fortran_order': False, 'shape': (1,)}\n", "type '|f8'"),
            ("{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}\n", "where 'False' belongs"),
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}\n", "a shape that is none"),
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 16)}\n", "is given 8 bytes"),
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}\n", "a shape that is none"),
            (
                "{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}\n",
                "shape (2,) and type float64 is given 8 bytes"
            ),
            ("", "where '{' belongs"),
        ] as [(String, String?)]
    )
    func `an npy header is read only if it is exactly what NumPy means`(header: String, complaint: String?) throws {
        let bytes: [UInt8] =
            [0x93] + "NUMPY".utf8 + [1, 0, UInt8(header.utf8.count), 0] + header.utf8 + [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
        do {
            let array = try NumPyArray(npy: bytes, in: bytes.indices)
            #expect(complaint == nil)
            #expect(array.doubles == [1])
        } catch {
            let expected = try #require(complaint, "\(error)")
            #expect(error.message.contains(expected.oneLine), "\(error)")
        }
    }

    private func expect(_ array: NumPyArray?, _ content: Vectors.Content, _ name: String) throws {
        let array = try #require(array, "\(name)")
        #expect(array.shape == content.shape, "\(name)")
        #expect(array.element.scalar.rawValue == content.dtype.dropFirst(), "\(name)")
        #expect(array.element.bigEndian == content.dtype.hasPrefix(">"), "\(name)")
        #expect(array.columnMajor == content.fortran, "\(name)")
        #expect(array.doubles == content.values_c_order, "\(name)")
    }
}
