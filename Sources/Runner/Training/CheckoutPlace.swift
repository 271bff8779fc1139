import Glibc
import Storage

/// Where a checkout's files are, https://git-scm.com/docs/gitrepository-layout.
struct CheckoutPlace {
    /// The folder of the tracked files.
    let root: String
    /// The folder with `HEAD` and `index`: `.git`, or that of a work tree.
    let folder: String
    /// The folder with `objects` and branches, which work trees share.
    let common: String

    /// Finds the checkout that a folder is in.
    init?(around folder: String) {
        guard let real = realpath(folder, nil) else { return nil }
        defer { free(real) }
        var root = String(cString: real)
        while true {
            let path = (root == "/" ? "" : root) + "/.git"
            if let place = Self.gitFolder(path) {
                self.root = root
                self.folder = place
                common = Self.line(place + "/commondir").map { Self.joined(place, $0) } ?? place
                return
            }
            guard root != "/", let slash = root.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
            root = slash == root.startIndex ? "/" : String(root[..<slash])
        }
    }

    /// The commit that `HEAD` leads to; nil before the first one, and where branches are kept in another way than in files.
    var commit: String? {
        guard let head = Self.line(folder + "/HEAD") else { return nil }
        return resolved(head, depth: 5)
    }

    private func resolved(_ word: String, depth: Int) -> String? {
        guard word.hasPrefix("ref: ") else { return Self.isID(word) ? word : nil }
        let name = String(word.dropFirst(5))
        guard depth > 0, name.hasPrefix("refs/"), !name.contains("..") else { return nil }
        for place in [folder, common] {
            if let next = Self.line(place + "/" + name) { return resolved(next, depth: depth - 1) }
        }
        let packed = Self.content(common + "/packed-refs", limit: 64 << 20)?.utf8.split(separator: UInt8(ascii: "\n"))
        let line = packed?.first {
            $0.count > name.utf8.count && $0.suffix(name.utf8.count + 1).elementsEqual((" " + name).utf8)
        }
        let id = line.map { String(decoding: $0.dropLast(name.utf8.count + 1), as: UTF8.self) }
        return id.flatMap { Self.isID($0) ? $0 : nil }
    }

    private static func isID(_ word: String) -> Bool {
        [40, 64].contains { Digest.isHexadecimal(word, count: $0) }
    }

    /// The folder that `.git` is or, where it is a file, names.
    private static func gitFolder(_ path: String) -> String? {
        if access(path + "/HEAD", F_OK) == 0 { return path }
        guard let line = line(path), line.hasPrefix("gitdir: ") else { return nil }
        let place = joined(String(path.dropLast("/.git".count)), String(line.dropFirst("gitdir: ".count)))
        return access(place + "/HEAD", F_OK) == 0 ? place : nil
    }

    private static func joined(_ folder: String, _ path: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }

    /// The only line of a small file.
    private static func line(_ path: String) -> String? {
        guard let text = content(path, limit: 4096) else { return nil }
        let line = text.utf8.prefix { $0 != UInt8(ascii: "\n") }
        return line.isEmpty ? nil : String(line)
    }

    /// The text of a regular file.
    private static func content(_ path: String, limit: Int) -> String? {
        (try? File.read(path, limit: limit)).map { String(decoding: $0, as: UTF8.self) }
    }
}
