import Questions
import Runner

/// A picture as a file, in the format that the ending of its name asks for.
enum PictureFile {
    /// Writes a picture whole, or nothing.
    ///
    /// - Throws: ``UsageError`` for another ending; `PictureError`; `FileError`.
    static func write(_ svg: String, to path: String) throws {
        try TextFile.write(format(of: path).bytes(of: svg), to: path)
    }

    /// The format of a file.
    static func format(of path: String) throws(UsageError) -> PictureFormat {
        guard let format = PictureFormat(ofFile: path) else {
            throw UsageError("picture '\(path)': end the name with .svg, .png or .pdf")
        }
        return format
    }
}
