import Glibc
import Storage

/// The code that a command executes, as far as it can be told without executing anything.
public struct ProgramCode: Sendable {
    /// SHA-256 of the commit, what differs from it, and the program's own file; nil where none of them is known.
    public let digest: String?
    /// What differs from the commit, as `git diff` writes it, at most ``limit`` bytes; nil without a difference.
    public let patch: [UInt8]?
    /// Whether the difference is longer.
    public let isPatchCut: Bool

    /// The longest difference that is kept, in bytes.
    public static let limit = 1 << 20
    /// The largest file of a program that is read.
    private static let fileLimit = 16 << 20

    /// Looks at the checkout that the command is started in, and at the file of the program.
    ///
    /// - Parameters:
    ///   - words: the command; those with places for values name no file.
    ///   - folder: where it is started.
    public init(of words: [String], in folder: String = ".") {
        let difference = Checkout.difference(in: folder, limit: Self.limit)
        var parts: [String] = []
        if let difference {
            parts.append("commit \(difference.commit)")
            if let patch = difference.patch { parts.append("diff \(Digest.sha256(patch))") }
        }
        if let file = Self.file(of: words), let content = Self.content(file) {
            parts.append("file \(file) \(Digest.sha256(content))")
        }
        digest = parts.isEmpty ? nil : Digest.sha256(parts.joined(separator: "\n").utf8)
        patch = difference?.patch.flatMap { $0.isEmpty ? nil : $0 }
        isPatchCut = difference?.isCut ?? false
    }

    /// The file of the program: the command itself where it is named by a path, else the first word that is a file, as
    /// behind an interpreter.
    private static func file(of words: [String]) -> String? {
        func isFile(_ path: String) -> Bool {
            var facts = stat()
            return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
        }
        let candidates = words.dropFirst().prefix(16).filter { !$0.hasPrefix("-") && !$0.contains("{") }
        let script = candidates.first(where: isFile)
        guard let command = words.first, command.contains("/"), isFile(command) else { return script }
        // An interpreter is more than code of one's own.
        return command.hasPrefix("/usr/") || command.hasPrefix("/bin/") ? script ?? command : command
    }

    private static func content(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < fileLimit {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
