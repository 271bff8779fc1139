import Crypto

/// Datasets in files: pickles and `.npz`; ``Dataset/npz()`` makes the bytes of one.
public enum DatasetFile {
    /// Reads a dataset, recognising the format by the content.
    ///
    /// A pickle or `.npz` must hold the arrays `x`, `y`, `x_test` and `y_test`; others beside them are ignored. The
    /// file is taken as hostile: nothing in it is executed, and no length is believed before it is checked.
    ///
    /// - Returns: The dataset, and the SHA-256 of the file in hexadecimal, which says where it came from.
    public static func read(path: String) throws(FileError) -> (dataset: Dataset, digest: String) {
        let bytes = try File.read(path)
        do throws(DataError) {
            return (try Dataset(file: bytes), SHA256.hash(data: bytes).hex)
        } catch {
            throw FileError(.malformed, path: path, message: error.message)
        }
    }
}

extension Dataset {
    /// Reads the content of a file.
    package init(file bytes: [UInt8]) throws(DataError) {
        switch bytes.first {
        case nil:
            throw DataError("the file is empty")
        case 0x80:
            let pickle = try Pickle(bytes)
            try self.init(pickle.array(named:))
        case UInt8(ascii: "P") where bytes.starts(with: "PK".utf8):
            let archive = try ZipArchive(bytes)
            try self.init { (name) throws(DataError) in
                guard let member = archive.members.first(where: { $0.name == name + ".npy" }) else { return nil }
                do throws(DataError) {
                    return try NumPyArray(npy: bytes, in: member.range)
                } catch {
                    throw DataError("member '\(member.name)': \(error.message)")
                }
            }
        case 0x93:
            throw DataError("an npy file holds one array, a dataset four: use np.savez with x, y, x_test and y_test")
        default:
            throw DataError("this is neither a pickle nor an npz file")
        }
    }
}
