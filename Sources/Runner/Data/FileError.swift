/// A file that could not be read, in one line for the person who named it.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of failure it was; callers choose an exit status by it.
    public enum Kind: Sendable {
        /// The content, or the kind of file, is not what was asked for.
        case malformed
        /// There is no file at the path.
        case missing
        /// The file is there but reading it failed.
        case unreadable
    }

    public let kind: Kind
    public let path: String
    /// What happened, without the path.
    public let message: String

    /// Makes path and message one line when described.
    public init(_ kind: Kind, path: String, message: String) {
        self.kind = kind
        self.path = path
        self.message = message
    }

    /// The line, such as `data.npz: member 'x.npy' is damaged: its checksum is wrong`.
    public var description: String { "\(path): \(message)".oneLine }
}
