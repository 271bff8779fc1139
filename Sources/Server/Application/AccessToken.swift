import Glibc
import Storage

/// The word that whoever asks has to know where a server can be reached from other machines.
public struct AccessToken: Sendable {
    /// What is compared: digests have one length, whatever is sent.
    private let digest: String
    /// What a browser keeps in place of the token, and under which name; other servers of the machine have other names.
    let cookie: (name: String, value: String)

    /// The fewest bytes that a token has.
    private static let fewestBytes = 32
    private static let mostBytes = 4096

    init(_ text: String) {
        digest = Digest.sha256(Array(text.utf8))
        let value = Digest.sha256(Array(("varve cookie " + text).utf8))
        cookie = ("varve_" + Digest.sha256(Array(value.utf8)).prefix(8), value)
    }

    /// Reads the token of a file; what stands around it is no part of it.
    ///
    /// - Throws: ``ServerError``.
    public init(file: String) throws(ServerError) { self.init(try Self.word(inFile: file)) }

    /// The token of a file, as whoever asks says it.
    ///
    /// - Returns: one word.
    /// - Throws: ``ServerError``.
    static func word(inFile file: String) throws(ServerError) -> String {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .noToken(file: file, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.mostBytes + 1)
        var count = 0
        while count < bytes.count {
            let more = bytes[count...].withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if more < 0, errno == EINTR { continue }
            guard more >= 0 else { throw .noToken(file: file, reason: String(cString: strerror(errno))) }
            guard more > 0 else { break }
            count += more
        }
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 1, let word = words.first, count <= Self.mostBytes,
            word.utf8.allSatisfy({ (33...126).contains($0) })
        else { throw .noToken(file: file, reason: "it does not hold one word of letters, digits and signs") }
        guard word.utf8.count >= Self.fewestBytes else {
            throw .noToken(
                file: file,
                reason: "it holds \(word.utf8.count) characters, and a token has \(Self.fewestBytes) or more"
            )
        }
        return String(word)
    }

    /// Writes a new token into a file that is not there yet, for nobody else to read.
    ///
    /// - Throws: ``ServerError``.
    public static func make(file: String) throws(ServerError) {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<fewestBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        do { try FileKind.refuseCompanion(file) } catch { throw .cannotMakeToken(file: file, reason: "\(error)") }
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotMakeToken(file: file, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        let text = Array((Digest.hexadecimal(bytes) + "\n").utf8)
        guard write(descriptor, text, text.count) == text.count, fsync(descriptor) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(file)
            throw .cannotMakeToken(file: file, reason: reason)
        }
    }

    /// Whether a word is the token, found in the same time for every word.
    func isEqual(to word: String) -> Bool { Self.areEqual(Digest.sha256(Array(word.utf8)), digest) }

    /// Whether the header `Cookie` has what ``cookie`` says.
    func isInCookie(_ header: String) -> Bool {
        header.split(separator: ";").contains { pair in
            let sides = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            return sides.count == 2 && sides[0] == cookie.name && Self.areEqual(String(sides[1]), cookie.value)
        }
    }

    private static func areEqual(_ a: String, _ b: String) -> Bool {
        guard a.utf8.count == b.utf8.count else { return false }
        return zip(a.utf8, b.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
