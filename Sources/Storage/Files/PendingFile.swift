import Glibc

/// A file in the making: it is beside its place under a name that nobody can foresee, until it is complete.
///
/// Until then it belongs to its owner alone; afterwards it allows no more than the umask leaves, than the file its content
/// comes from, and than the one it replaces. What never becomes complete goes away.
struct PendingFile: ~Copyable {
    /// Where the file will be.
    private let place: String
    /// Where it is meanwhile.
    let path: String
    let descriptor: Int32
    private let kind: FileKind
    private let permissions: mode_t

    /// Makes the file.
    ///
    /// - Parameters:
    ///   - place: where it will be.
    ///   - kind: what it will hold: a file of another kind never gives way to it.
    ///   - source: the file that its content comes from.
    ///   - isReplacing: whether a file of the same kind that is there already gives way.
    /// - Throws: ``StoreError`` when there is something already that must stay, or nothing can be made there.
    init(at place: String, as kind: FileKind, from source: String, isReplacing: Bool) throws(StoreError) {
        let place = try kind.checkedPlace(place, isReplacing: isReplacing)
        let sources = [source, place].compactMap(FilePermissions.init(of:))
        var permissions: mode_t = 0
        let made = try Self.make(beside: place) { name in
            let made = FilePermissions.create(name, within: sources)
            permissions = made.bits
            return made.descriptor
        }
        // SQLite opens it by its name, also where nobody may write to it in the end.
        fchmod(made.result, 0o600)
        self.place = place
        self.kind = kind
        self.permissions = permissions
        path = made.path
        descriptor = made.result
    }

    /// Makes a file beside another one that never gets a name.
    init(beside place: String) throws(StoreError) {
        let made = try Self.make(beside: place) { name in open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
        self.place = place
        kind = .store
        permissions = 0o600
        path = made.path
        descriptor = made.result
    }

    deinit {
        close(descriptor)
        for ending in [""] + FileKind.companions { unlink(path + ending) }
    }

    /// Performs `body`, which fills the file through SQLite; errors name the place and not what is in its place.
    func named<Result>(_ body: (String) throws -> Result) throws -> Result {
        do {
            return try body(path)
        } catch let error as SQLiteError where error.path?.hasSuffix(path) == true {
            throw SQLiteError(code: error.code, message: error.message, sql: error.sql, path: place)
        }
    }

    /// Writes the file to the disk and puts it in its place.
    ///
    /// - Returns: how large it is, in bytes.
    /// - Throws: ``StoreError`` when the disk does not take it, or something has come to its place meanwhile.
    consuming func complete(isReplacing: Bool) throws(StoreError) -> Int64 {
        var status = stat()
        guard fchmod(descriptor, permissions) == 0, fsync(descriptor) == 0, fstat(descriptor, &status) == 0 else {
            throw Self.failure(at: place)
        }
        // Filling it takes its time, in which another process may have come.
        _ = try kind.checkedPlace(place, isReplacing: isReplacing)
        try Self.move(path, to: place, isReplacing: isReplacing)
        return Int64(status.st_size)
    }

    /// Opens what is there and is a device or a pipe, such as `/dev/stdout`, for writing; nil for everything else.
    static func openStream(_ place: String) throws(StoreError) -> Int32? {
        var status = stat()
        guard !place.utf8.contains(0), stat(place, &status) == 0, [S_IFCHR, S_IFIFO].contains(status.st_mode & S_IFMT)
        else { return nil }
        let descriptor = open(place, O_WRONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw failure(at: place) }
        return descriptor
    }

    /// Writes everything to a descriptor.
    static func write(_ bytes: [UInt8], to descriptor: Int32, of place: String) throws(StoreError) {
        var code: Int32 = 0
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count, code == 0 {
                let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                if count >= 0 { written += count } else if errno != EINTR { code = errno }
            }
        }
        guard code == 0 else { throw StoreError.cannotWrite(path: place, reason: String(cString: strerror(code))) }
    }

    // MARK: Places and names

    /// What the names of files begin with that are in the making.
    static let prefix = ".varve-"

    /// Makes something of a name that is not taken, in the folder of a place.
    static func make(
        beside place: String,
        _ make: (String) -> Int32
    ) throws(StoreError) -> (path: String, result: Int32) {
        let folder = place.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(place[...$0]) } ?? ""
        while true {
            let path = folder + prefix + String(UInt64.random(in: .min ... .max), radix: 36)
            let result = make(path)
            if result >= 0 { return (path, result) }
            guard errno == EEXIST else { throw failure(at: place) }
        }
    }

    /// Gives something complete its name, and writes the name to the disk.
    static func move(_ path: String, to place: String, isReplacing: Bool) throws(StoreError) {
        // A second name is only given where there is none, which a renaming does not look at.
        var isDone = !isReplacing && link(path, place) == 0
        if isDone {
            unlink(path)
        } else if isReplacing || errno != EEXIST {
            isDone = rename(path, place) == 0
        }
        guard isDone else { throw failure(at: place) }
        let folder = place.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(place[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // File systems that cannot do this need not.
        fsync(descriptor)
        close(descriptor)
    }

    static func failure(at place: String) -> StoreError {
        let reason = String(cString: strerror(errno))
        let isBroken = [ENOSPC, EDQUOT, EIO, EFBIG].contains(errno)
        return isBroken ? .cannotWrite(path: place, reason: reason) : .cannotCreate(path: place, reason: reason)
    }
}
