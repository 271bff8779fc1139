import Glibc

/// A file in the making: it stands beside its place under a name that nobody can foresee, until it is complete.
///
/// It has the permissions that the umask leaves. What never becomes complete goes away.
struct PendingFile: ~Copyable {
    /// Where the file will be.
    private let place: String
    /// Where it is meanwhile.
    let path: String
    private let descriptor: Int32

    /// Makes the file.
    ///
    /// - Parameters:
    ///   - place: where it will be.
    ///   - isReplacing: whether a file that is there already gives way.
    /// - Throws: ``StoreError`` when there is something already, or nothing can be made there.
    init(at place: String, isReplacing: Bool) throws(StoreError) {
        let place = try Self.checked(place, isReplacing: isReplacing)
        let made = try Self.make(beside: place) { name in open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
        self.place = place
        path = made.path
        descriptor = made.result
    }

    /// Makes a file beside another one that never gets a name.
    init(beside place: String) throws(StoreError) {
        let made = try Self.make(beside: place) { name in open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
        self.place = place
        path = made.path
        descriptor = made.result
    }

    deinit {
        close(descriptor)
        for ending in ["", "-wal", "-shm", "-journal"] { unlink(path + ending) }
    }

    /// Performs `body`, which fills the file through SQLite; errors name the place and not what stands for it.
    func named<Result>(_ body: (String) throws -> Result) throws -> Result {
        do {
            return try body(path)
        } catch let error as SQLiteError where error.path?.hasSuffix(path) == true {
            throw SQLiteError(code: error.code, message: error.message, sql: error.sql, path: place)
        }
    }

    /// Brings the file onto the disk and puts it in its place.
    ///
    /// - Returns: how large it is, in bytes.
    /// - Throws: ``StoreError`` when the disk does not take it, or something has come to its place meanwhile.
    consuming func complete(isReplacing: Bool) throws(StoreError) -> Int64 {
        var status = stat()
        guard fsync(descriptor) == 0, fstat(descriptor, &status) == 0 else {
            throw Self.failure(at: place)
        }
        try Self.move(path, to: place, isReplacing: isReplacing)
        return Int64(status.st_size)
    }

    // MARK: Places and names

    /// Looks at a place where a file is to be.
    ///
    /// - Returns: the place, with the target of a link in place of the link.
    private static func checked(_ place: String, isReplacing: Bool) throws(StoreError) -> String {
        guard !place.isEmpty, !place.utf8.contains(0), place.last != "/" else {
            throw StoreError.notAFileName(place)
        }
        var status = stat()
        let exists = stat(place, &status) == 0
        if exists {
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw StoreError.existsIrregular(path: place)
            }
            guard isReplacing else {
                throw StoreError.exists(path: place)
            }
        }
        let target = exists ? Store.resolved(place) : place
        // SQLite would take another database's log, left beside the name, for that of the new one.
        for ending in ["-wal", "-journal"] where Store.size(of: target + ending) > 0 {
            throw StoreError.leftoverLog(path: place, log: target + ending)
        }
        return target
    }

    /// Makes something of a name that is not taken, in the folder of a place.
    static func make(
        beside place: String,
        _ make: (String) -> Int32
    ) throws(StoreError) -> (path: String, result: Int32) {
        let folder = place.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(place[...$0]) } ?? ""
        while true {
            let path = folder + ".varve-" + String(UInt64.random(in: .min ... .max), radix: 36)
            let result = make(path)
            if result >= 0 { return (path, result) }
            guard errno == EEXIST else { throw failure(at: place) }
        }
    }

    /// Gives something complete its name, and brings the name onto the disk.
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
        let isBroken = [ENOSPC, EDQUOT, EIO].contains(errno)
        return isBroken ? .cannotWrite(path: place, reason: reason) : .cannotCreate(path: place, reason: reason)
    }
}
