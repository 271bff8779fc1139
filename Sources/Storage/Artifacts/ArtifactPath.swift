/// Where a file is in its run, as `plots/loss.png`: names with slashes between them, which never lead out of the run.
public struct ArtifactPath: Sendable, Hashable, CustomStringConvertible {
    /// The names with a slash between each two.
    public let text: String

    public var description: String { text }

    /// The longest path and the longest name in one, in bytes, as file systems have them.
    private static let (longest, longestName) = (4000, 255)

    /// Takes a path as it was given; slashes that come twice or at the end and names `.` say nothing and are left out.
    ///
    /// - Throws: ``StoreError/badArtifactPath(_:rule:)`` for a path that is empty, begins with a slash, goes up with `..`, is
    ///   too long, or contains a backslash or a control character.
    public init(_ path: String) throws(StoreError) {
        func refuse(_ rule: StoreError.PathRule) -> StoreError { .badArtifactPath(path, rule: rule) }
        if path.utf8.first == UInt8(ascii: "/") { throw refuse(.absolute) }
        if path.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw refuse(.controlCharacter)
        }
        if path.utf8.contains(UInt8(ascii: "\\")) { throw refuse(.backslash) }
        let names = path.utf8.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
        if names.contains(where: { $0.elementsEqual("..".utf8) }) { throw refuse(.goesUp) }
        guard !names.isEmpty else { throw refuse(.empty) }
        guard path.utf8.count <= Self.longest, names.allSatisfy({ $0.count <= Self.longestName }) else {
            throw refuse(.tooLong)
        }
        text = names.map { String(Substring($0)) }.joined(separator: "/")
    }

    /// Takes text that is a path.
    private init(proper text: String) { self.text = text }

    /// The last of the names.
    public var name: String {
        text.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(text[text.index(after: $0)...]) } ?? text
    }

    /// The folders that it lies in, the outermost first.
    var folders: [ArtifactPath] {
        text.utf8.indices.filter { text.utf8[$0] == UInt8(ascii: "/") }.map {
            ArtifactPath(proper: String(text[..<$0]))
        }
    }

    /// What the paths in a folder begin with, and the first text after all of them; all there are where no folder is given.
    static func bounds(of folder: ArtifactPath?) -> (from: String, before: String) {
        // In UTF-8, 0 comes behind the slash, and no text begins with the byte 255.
        folder.map { ($0.text + "/", $0.text + "0") } ?? ("", "\u{10FFFF}\u{10FFFF}")
    }
}
