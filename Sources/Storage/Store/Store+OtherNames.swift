import Glibc

/// One file under several names: SQLite finds a store's log by the name, so each name would get a log of its own, and what
/// was written through one is lost.
extension Store {
    /// Why a file must not be written to under this name; nil where it may.
    ///
    /// - Parameters:
    ///   - file: where it is, no link.
    ///   - path: how it was named.
    /// - Returns: the refusal.
    static func otherName(of file: String, named path: String) -> StoreError? {
        let folder = folder(of: file)
        for name in [file] + FileKind.companions.map({ file + $0 }) {
            var status = stat()
            guard lstat(name, &status) == 0 else { continue }
            let named = name == file ? path : name
            if status.st_nlink > 1 { return .hasOtherNames(path: named, names: Int(status.st_nlink)) }
            if FileFacts.isMountedAlone(name, in: folder) { return .mountedAlone(path: named, folder: folder) }
        }
        return nil
    }

    /// Refuses what SQLite would wait for or write through: a pipe, device, folder or link in the place of a log.
    static func checkCompanions(of file: String) throws(StoreError) {
        for name in FileKind.companions.map({ file + $0 }) {
            var status = stat()
            guard lstat(name, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { continue }
            throw StoreError.irregularLog(path: name)
        }
    }
}
