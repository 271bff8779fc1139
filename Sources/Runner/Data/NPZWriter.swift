extension Dataset {
    /// The dataset as `numpy.savez` would write it: arrays `x`, `y`, `x_test`, `y_test` of float32 and int64.
    ///
    /// The zip's time stamps are those of 1980-01-01, as NumPy's are: equal datasets give equal bytes.
    ///
    /// - Throws: ``DataError`` where it is too large for the format.
    public func npz() throws(DataError) -> [UInt8] {
        // The headers take less than 2 KiB; zip without its 64-bit extension counts in 32 bits.
        let size = 4 * (training.inputs.count + validation.inputs.count) + 8 * (training.examples + validation.examples)
        guard size < Int(UInt32.max) - 2048 else { throw DataError("the dataset is too large for an npz file") }
        var archive = ZipWriter()
        archive.append("x.npy", npy("<f4", shape: [training.examples, features], training.inputs))
        archive.append("y.npy", npy("<i8", shape: [training.examples], training.labels))
        archive.append("x_test.npy", npy("<f4", shape: [validation.examples, features], validation.inputs))
        archive.append("y_test.npy", npy("<i8", shape: [validation.examples], validation.labels))
        return archive.finished()
    }

    /// An array in `.npy` format, version 1, its data beginning at a multiple of 64.
    private func npy<Value: BitwiseCopyable>(_ descr: String, shape: [Int], _ values: [Value]) -> [UInt8] {
        let text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': \(NumPyArray.text(shape)), }"
        let length = (10 + text.utf8.count + 1 + 63) / 64 * 64 - 10
        var writer = ByteWriter()
        writer.append(UInt8(0x93))
        writer.append("NUMPY")
        writer.append(UInt8(1), UInt8(0), UInt16(length))
        writer.append(text + String(repeating: " ", count: length - text.utf8.count - 1) + "\n")
        writer.append(memoryOf: values)
        return writer.bytes
    }
}

/// A zip file of stored members under construction.
private struct ZipWriter {
    private var file = ByteWriter()
    private var directory = ByteWriter()
    private var count: UInt16 = 0

    mutating func append(_ name: String, _ content: [UInt8]) {
        let offset = UInt32(file.bytes.count)
        let version: UInt16 = 20
        var common = ByteWriter()
        // Flags, method 0 (stored), time, date 1980-01-01, checksum, both sizes, length of the name, no extra field.
        common.append(UInt16(0), UInt16(0), UInt16(0), UInt16(0x21), CRC32.checksum(content))
        common.append(UInt32(content.count), UInt32(content.count), UInt16(name.utf8.count), UInt16(0))

        file.append(UInt32(0x0403_4B50), version)
        file.append(common.bytes)
        file.append(name)
        file.append(content)

        // Made by Unix, so that the attributes are its: a regular file, rw-r--r--.
        directory.append(UInt32(0x0201_4B50), UInt16(3) << 8 | version, version)
        directory.append(common.bytes)
        directory.append(UInt16(0), UInt16(0), UInt16(0), UInt32(0o100644) << 16, offset)
        directory.append(name)
        count += 1
    }

    consuming func finished() -> [UInt8] {
        let offset = UInt32(file.bytes.count)
        file.append(directory.bytes)
        file.append(UInt32(0x0605_4B50), UInt16(0), UInt16(0), count, count)
        file.append(UInt32(directory.bytes.count), offset, UInt16(0))
        return file.bytes
    }
}
