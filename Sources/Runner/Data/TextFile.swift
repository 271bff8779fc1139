/// Text, or bytes, written as a file of their own.
public enum TextFile {
    /// Writes a whole file, or nothing.
    ///
    /// - Parameters:
    ///   - text: what is written, as UTF-8.
    ///   - path: a file, which is replaced when all is written; or a device such as `/dev/stdout`.
    /// - Throws: ``FileError``.
    public static func write(_ text: String, to path: String) throws(FileError) {
        try write(Array(text.utf8), to: path)
    }

    /// Writes bytes likewise.
    ///
    /// - Throws: ``FileError``.
    public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        try File.write(bytes, to: path)
    }
}
