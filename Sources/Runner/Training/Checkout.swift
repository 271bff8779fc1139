import Glibc

/// The git checkout the command was started in.
///
/// A checkout may be anybody's, and its configuration can name programs that git then executes: filters, hooks, file
/// monitors, helpers for other machines. So nothing of that configuration is ever read: the commit comes from git's files, and
/// git compares the tracked files under a folder of settings made for it, which has the checkout's index and objects and
/// nothing else of it.
public struct Checkout: Sendable, Equatable {
    /// The commit's id.
    public let commit: String
    /// Whether tracked files differ from it; nil where that cannot be known without the checkout's configuration.
    public let isDirty: Bool?

    /// Looks at the checkout that a folder is in.
    ///
    /// - Parameters:
    ///   - folder: a folder.
    ///   - patience: the longest time to wait for git, in milliseconds: a huge checkout or a slow disk must not hold up a run.
    /// - Returns: nil outside a checkout and before the first commit.
    public static func current(in folder: String = ".", patience: Int32 = 500) -> Checkout? {
        guard let place = CheckoutPlace(around: folder), let commit = place.commit else { return nil }
        return Checkout(commit: commit, isDirty: GitProgram(place, commit, patience)?.isDirty())
    }

    /// What differs between a commit and the tracked files.
    struct Difference: Sendable {
        let commit: String
        /// As `git diff` writes it, empty without a difference; nil where git does not say.
        let patch: [UInt8]?
        /// Whether the end is missing.
        let isCut: Bool
    }

    /// What differs from the commit, found as ``current(in:patience:)`` finds whether something does.
    ///
    /// - Parameters:
    ///   - folder: a folder.
    ///   - limit: the longest difference, in bytes.
    ///   - patience: the longest time to wait for git, in milliseconds.
    /// - Returns: nil outside a checkout and before the first commit.
    static func difference(in folder: String = ".", limit: Int, patience: Int32 = 5000) -> Difference? {
        guard let place = CheckoutPlace(around: folder), let commit = place.commit else { return nil }
        let found = GitProgram(place, commit, patience)?.patch(limit: limit)
        return Difference(commit: commit, patch: found?.bytes, isCut: found?.isCut ?? false)
    }
}

/// Git, asked about a checkout under settings of our own.
private struct GitProgram: ~Copyable {
    private let program: String
    private let environment: [String]
    private let settings: String
    private let config: String
    private let deadline: Int64

    /// Makes the folder of settings; nil where there is no git, or no room for it.
    init?(_ place: CheckoutPlace, _ commit: String, _ patience: Int32) {
        // A relative entry, or an empty one, may lead into the checkout.
        let folders = Self.variable("PATH", "").split(separator: ":").filter { $0.hasPrefix("/") }
        let programs: [String] = folders.map { "\($0)/git" }
        guard let program = programs.first(where: { (path: String) in access(path, X_OK) == 0 }) else { return nil }
        var template = Array((Self.variable("TMPDIR", "/tmp") + "/varve-git-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        settings = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.program = program
        config = place.common + "/config"
        deadline = Self.now + Int64(patience)
        var names: [String] = []
        var entry = environ
        while let bytes = entry.pointee {
            let text = String(cString: bytes)
            if !text.hasPrefix("GIT_") { names.append(text) }
            entry += 1
        }
        environment =
            names + [
                "GIT_DIR=\(settings)", "GIT_WORK_TREE=\(place.root)", "GIT_INDEX_FILE=\(place.folder)/index",
                "GIT_OBJECT_DIRECTORY=\(place.common)/objects", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
                "GIT_ATTR_NOSYSTEM=1", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_REPLACE_OBJECTS=1", "LC_ALL=C",
            ]
        let format =
            commit.utf8.count == 64 ? "[core]\nrepositoryformatversion=1\n[extensions]\nobjectformat=sha256\n" : ""
        mkdir(settings + "/refs", 0o700)
        Self.write(format, to: settings + "/config")
        Self.write(commit + "\n", to: settings + "/HEAD")
    }

    deinit {
        for name in ["HEAD", "config"] { unlink(settings + "/" + name) }
        rmdir(settings + "/refs")
        rmdir(settings)
    }

    /// Whether tracked files differ from the commit; nil where git does not say, or a difference may be a filter's work.
    borrowing func isDirty() -> Bool? {
        guard let first = changes([]) else { return nil }
        guard !first.isEmpty else { return false }
        // Settings that say how a file on the disk is compared with its content; none of them names a program.
        let pattern = "^core\\.(autocrlf|eol|filemode|ignorecase|symlinks|trustctime|checkstat)$"
        let read = output(["config", "--file", config, "--get-regexp", pattern]) ?? ""
        let known = read.split(separator: "\n").compactMap { line -> [String]? in
            let words = line.split(separator: " ")
            guard words.count == 2, words[1].utf8.allSatisfy({ (97...122).contains($0) }) else { return nil }
            return ["-c", words.joined(separator: "=")]
        }
        guard let changed = known.isEmpty ? first : changes(known.flatMap(\.self)) else { return nil }
        guard !changed.isEmpty else { return false }
        // Only a filter could tell whether such a file differs.
        let paths = changed.prefix(100)
        guard let answer = output(["check-attr", "-z", "filter", "--"] + paths) else { return nil }
        let filters = answer.utf8.split(separator: 0, omittingEmptySubsequences: false).map { String($0) ?? "" }
        let values = stride(from: 2, to: filters.count, by: 3).map { filters[$0] }
        return values.contains { $0 == "unspecified" || $0 == "unset" } ? true : nil
    }

    /// What differs, with neither filters nor programs that show differences in their own way.
    borrowing func patch(limit: Int) -> (bytes: [UInt8], isCut: Bool)? {
        if isDirty() == false { return ([], false) }
        let words = ["--no-pager", "diff", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=dirty"]
        return bytes(words + ["--no-renames", "HEAD"], limit: limit)
    }

    /// The tracked files that differ, or nil.
    private borrowing func changes(_ settings: [String]) -> [String]? {
        // Of other checkouts inside this one only the commits are compared, which needs no git in them.
        let words = [
            "status", "--porcelain=v2", "-z", "--untracked-files=no", "--ignore-submodules=dirty", "--no-renames",
        ]
        return output(settings + words)?.utf8.split(separator: 0).map { line in
            let fields = line.first == UInt8(ascii: "u") ? 10 : 8
            return line.split(separator: UInt8(ascii: " "), maxSplits: fields).last.map { String($0) ?? "" } ?? ""
        }
    }

    /// What git prints, or nil when it fails or takes too long.
    private borrowing func output(_ arguments: [String]) -> String? {
        guard let (bytes, isCut) = bytes(arguments, limit: 1 << 20), !isCut else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What git prints, up to a limit, or nil when it fails or takes too long; it is then ended.
    private borrowing func bytes(_ arguments: [String], limit: Int) -> (bytes: [UInt8], isCut: Bool)? {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        defer { close(ends[0]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var words: [UnsafeMutablePointer<CChar>?] = (["git"] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for word in words + variables { free(word) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, program, &actions, nil, &words, &variables)
        close(ends[1])
        guard code == 0 else { return nil }

        var bytes: [UInt8] = []
        let isComplete = Self.read(ends[0], until: deadline, limit: limit, into: &bytes)
        let isCut = bytes.count > limit
        if !isComplete { kill(child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        if isCut { return (Array(bytes.prefix(limit)), true) }
        return isComplete && status == 0 ? (bytes, false) : nil
    }

    private static func read(
        _ descriptor: Int32,
        until deadline: Int64,
        limit: Int,
        into bytes: inout [UInt8]
    ) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, Int32(clamping: max(0, deadline - now)))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return false }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0, bytes.count <= limit else { return count == 0 }
            bytes += buffer[..<count]
        }
    }

    private static func variable(_ name: String, _ absent: String) -> String {
        guard let value = getenv(name) else { return absent }
        return String(cString: value)
    }

    private static func write(_ text: String, to path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        var text = text
        // What does not fit makes git fail, and then nothing is known.
        _ = text.withUTF8 { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }

    /// Milliseconds of a clock that nobody sets.
    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
