/// Text written as a file of its own.
public enum TextFile {
    /// Writes a whole file, or nothing.
    ///
    /// - Parameters:
    ///   - text: what is written, as UTF-8.
    ///   - path: a file, which is replaced when all is written; or a device such as `/dev/stdout`.
    /// - Throws: ``FileError``.
    public static func write(_ text: String, to path: String) throws(FileError) {
        try File.write(Array(text.utf8), to: path)
    }
}
