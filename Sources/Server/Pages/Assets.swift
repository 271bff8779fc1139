import CWeb
import HTTPTypes
import HummingbirdCore
import Storage

/// A file of the folder Web, as the binary carries it.
struct Asset: Sendable {
    let bytes: [UInt8]
    let type: String
    /// Begins another address when the file changes.
    let digest: String

    /// By their names.
    static let all: [String: Asset] = {
        var assets: [String: Asset] = [:]
        for index in 0..<webFileCount {
            guard let file = webFile(index), let path = file.pointee.name, let start = file.pointee.bytes else {
                continue
            }
            let bytes = [UInt8](UnsafeBufferPointer(start: start, count: file.pointee.size))
            let name = String(cString: path)
            assets[name] = Asset(bytes: bytes, type: type(of: name), digest: Digest.sha256(bytes))
        }
        return assets
    }()

    /// The address of a file, another one when its content changes, so that browsers keep it.
    static func address(of name: String) -> String { "/assets/\(name)?v=\(all[name]?.digest.prefix(12) ?? "")" }

    private static func type(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "ico": "image/x-icon"
        default: "application/octet-stream"
        }
    }
}

extension Routes {
    /// Style, script and icon of the pages.
    mutating func addAssets() {
        get("/assets/{name}", "A file of the pages.", takes: [.version], isOpen: true, asset)
    }
}

extension Parameter {
    /// What ``Asset/address(of:)`` adds; it only makes another address.
    fileprivate static let version = Parameter(name: "v", summary: "The version.", schema: ["type": "string"])
}

private func asset(_ call: Call) async throws -> Response {
    guard let asset = Asset.all[call.word("name")] else { throw Problem(.notFound, "there is no such file") }
    var response = Response(
        asset.bytes,
        asset.type,
        headers: [.cacheControl: "max-age=31536000, immutable", .eTag: "\"\(asset.digest.prefix(16))\""]
    )
    if call.request.headers[.ifNoneMatch] == response.headers[.eTag] {
        response.status = .notModified
        response.body = .init()
    }
    return response
}
