import Questions
import Storage

/// A picture as a file, in the format that the ending of its name asks for.
enum PictureFile {
    /// Writes a picture whole, or nothing.
    ///
    /// - Throws: ``UsageError`` for another ending; `PictureError`; `StoreError`.
    static func write(_ svg: String, of store: Store, to path: String) throws {
        guard let format = PictureFormat(ofFile: path) else {
            throw UsageError("'\(path)': end the name with .svg, .png or .pdf")
        }
        try store.write(format.bytes(of: svg), to: path, as: format.fileKind)
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
