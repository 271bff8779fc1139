import Glibc

/// Who may read and write a file: what a copy of it may allow at most.
public struct FilePermissions: Sendable {
    /// The nine bits of `chmod(2)`, as far as they hold for a copy that belongs to another group.
    private let bits: mode_t
    private let group: gid_t
    /// Whether the group's bits are those of the group, which they are not where a list of more people is kept with the file;
    /// `acl(5)`.
    private let namesGroup: Bool

    /// The permissions of a file; nil where there is none.
    public init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        bits = status.st_mode & 0o777
        group = status.st_gid
        namesGroup = !FileFacts.hasAccessList(path)
    }

    /// The bits that a file of a group may have.
    func bits(for group: gid_t) -> mode_t {
        namesGroup && group == self.group ? bits : bits & 0o707
    }

    /// The bits of a folder for copies: who may not read the file may not look into it.
    ///
    /// A new folder's group may be another one, so the group counts for no more than everybody.
    var folderBits: mode_t {
        let others = bits & 0o007
        return 0o700 | (others & 4 != 0 ? 0o077 : 0)
    }

    /// Whether a file of these permissions can be read by people who cannot read the other.
    public func isMoreOpen(than other: FilePermissions) -> Bool {
        bits & ~other.bits(for: group) & 0o044 != 0
    }

    /// Makes a new file that allows no more than others do, and no more than the umask leaves.
    ///
    /// - Returns: its descriptor and its permissions; the descriptor is negative where it cannot be made, and `errno` says why.
    static func create(_ path: String, within sources: [FilePermissions]) -> (descriptor: Int32, bits: mode_t) {
        let bits = sources.reduce(0o666) { $0 & $1.bits }
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, bits)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else { return (descriptor, 0) }
        // Which group it belongs to is not known before.
        let allowed = sources.reduce(status.st_mode & 0o777) { $0 & $1.bits(for: status.st_gid) }
        fchmod(descriptor, allowed)
        return (descriptor, allowed)
    }

    /// Makes an empty file that allows nobody but its owner more than others do, unless there is something already.
    ///
    /// - Parameters:
    ///   - place: the path of the file. What keeps it from being made is for the one who opens it next to say.
    ///   - sources: the files whose content it is to take.
    public static func makeFile(at place: String, asPrivateAs sources: [String]) {
        guard !place.isEmpty, !place.utf8.contains(0), (try? FileKind.refuseCompanion(place)) != nil else { return }
        let (descriptor, bits) = create(place, within: sources.compactMap(FilePermissions.init(of:)))
        guard descriptor >= 0 else { return }
        fchmod(descriptor, bits | 0o600)
        close(descriptor)
    }
}
