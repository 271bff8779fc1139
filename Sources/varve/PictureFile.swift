import Questions
import Storage

/// A picture as a file, in the format that the ending of its name asks for.
enum PictureFile {
    /// Writes a picture whole, or nothing.
    ///
    /// - Throws: ``UsageError`` for another ending; `PictureError`; `StoreError`.
    static func write(_ svg: String, of store: Store, to path: String) throws {
        let format = try format(of: path)
        try store.write(format.bytes(of: svg), to: path, as: format.fileKind)
    }

    /// The format of a file.
    static func format(of path: String) throws(UsageError) -> PictureFormat {
        guard let format = PictureFormat(ofFile: path) else {
            throw UsageError("picture '\(path)': end the name with .svg, .png or .pdf")
        }
        return format
    }
}

extension PictureFormat {
    fileprivate var fileKind: FileKind {
        switch self {
        case .svg: .svg
        case .png: .png
        case .pdf: .pdf
        }
    }
}
