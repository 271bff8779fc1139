/// A file that belongs to a run, without its bytes.
public struct Artifact: Sendable, Equatable {
    /// The number of the run; ``noRun`` of a file of a logged model that no run logged.
    public let run: Int64
    /// Where it is in the run, as `plots/loss.png`; see ``ArtifactPath``.
    public let path: String
    /// SHA-256 of the content.
    public let digest: String
    /// In bytes.
    public let size: Int64
    /// What it is, as `image/png`.
    public let mime: String
    let place: Place
    /// When it was put there, in milliseconds since 1970.
    public let updated: Int64

    /// Where the content lies.
    enum Place: String, Sendable, SQLConvertible {
        /// In the table `blobs`.
        case blob
        /// In a file beside the store.
        case file
    }

    /// What stands for a run where there is none.
    public static let noRun: Int64 = 0
    /// What is larger, in bytes, lies in a file beside the store.
    public static let blobLimit = 1 << 20

    /// What a file of a name is taken for.
    public static func mime(ofFile name: String) -> String {
        let ending = name.utf8.lastIndex(of: UInt8(ascii: ".")).map { name[name.index(after: $0)...].lowercased() }
        return ending.flatMap { types[$0] } ?? "application/octet-stream"
    }

    /// By the ending of the name; https://www.iana.org/assignments/media-types.
    private static let types = [
        "bmp": "image/bmp", "c": "text/plain", "cfg": "text/plain", "css": "text/css", "csv": "text/csv",
        "diff": "text/plain", "gif": "image/gif", "gz": "application/gzip", "htm": "text/html", "html": "text/html",
        "ini": "text/plain", "ipynb": "application/json", "jpeg": "image/jpeg", "jpg": "image/jpeg",
        "js": "text/javascript", "json": "application/json", "jsonl": "application/x-ndjson", "log": "text/plain",
        "md": "text/markdown", "mp4": "video/mp4", "parquet": "application/vnd.apache.parquet", "patch": "text/plain",
        "pdf": "application/pdf", "png": "image/png", "py": "text/x-python", "sh": "text/plain",
        "svg": "image/svg+xml", "swift": "text/plain", "tiff": "image/tiff", "toml": "text/plain",
        "tsv": "text/tab-separated-values", "txt": "text/plain", "wav": "audio/wav", "webp": "image/webp",
        "xml": "application/xml", "yaml": "text/yaml", "yml": "text/yaml", "zip": "application/zip",
    ]
}
