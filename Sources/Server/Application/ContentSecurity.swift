import Analysis
import Storage

/// What a browser may load and execute on our pages: what comes from here, and nothing that stands in a page.
enum ContentSecurity {
    /// The style sheets of pictures stand in the pictures themselves; each is known by its digest.
    private static let sheets = Theme.allCases.map { "'sha256-\(base64(Digest.sha256(Array($0.sheet.utf8))))'" }

    static let policy = [
        "default-src 'self'", "style-src 'self' \(sheets.joined(separator: " "))", "base-uri 'none'",
        "form-action 'self'", "frame-ancestors 'none'", "object-src 'none'",
    ].joined(separator: "; ")

    /// Base64 of the bytes of a hexadecimal text (RFC 4648).
    static func base64(_ hexadecimal: String) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let bits = hexadecimal.compactMap(\.hexDigitValue).flatMap { digit in
            [8, 4, 2, 1].map { digit & $0 != 0 ? 1 : 0 }
        }
        var text = ""
        for start in stride(from: 0, to: bits.count, by: 6) {
            let part = bits[start..<min(start + 6, bits.count)]
            text.append(letters[part.reduce(0) { 2 * $0 + $1 } << (6 - part.count)])
        }
        return text + String(repeating: "=", count: (4 - text.count % 4) % 4)
    }
}
