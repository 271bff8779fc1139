import Glibc

/// The machine and the source tree a run is executed on, as its record keeps them.
public struct Machine: Sendable, Equatable {
    /// The processor's name as `/proc/cpuinfo` gives it.
    public let processor: String
    /// The distribution as `/etc/os-release` gives it.
    public let system: String
    /// The kernel's name, release and architecture; `uname`.
    public let kernel: String

    /// Reads what the present machine says of itself; what it does not say is empty.
    public static var current: Machine {
        var name = utsname()
        var kernel = ""
        if uname(&name) == 0 {
            kernel = [text(name.sysname), text(name.release), text(name.machine)].joined(separator: " ")
        }
        return Machine(
            processor: value(of: "model name", separator: ":", in: "/proc/cpuinfo"),
            system: value(of: "PRETTY_NAME", separator: "=", in: "/etc/os-release"),
            kernel: kernel
        )
    }

    /// The number of processors that this process may use, at least 1: the bits of `Cpus_allowed` in `/proc/self/status`.
    public static var processors: Int {
        let mask = value(of: "Cpus_allowed:", separator: ":", in: "/proc/self/status")
        return max(1, mask.reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount })
    }

    private static func text<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The value of the first line that begins with a key, without quotation marks.
    private static func value(of key: String, separator: Character, in path: String) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 4096)
        while fgets(&buffer, Int32(buffer.count), file) != nil {
            let line = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard line.hasPrefix(key), let start = line.firstIndex(of: separator) else { continue }
            return String(
                line[line.index(after: start)...].filter { $0 != "\"" && $0 != "\n" }.drop(while: \.isWhitespace)
            )
        }
        return ""
    }
}

/// The git checkout the command was started in.
public struct Checkout: Sendable, Equatable {
    /// The commit's id.
    public let commit: String
    /// Whether tracked files differ from it.
    public let isDirty: Bool

    /// Asks git about the current folder.
    ///
    /// - Parameter patience: the longest time to wait for the answer, in milliseconds: a huge checkout or a slow disk
    ///   must not hold up a run.
    /// - Returns: nil without git, outside a checkout, before the first commit, or when the answer takes too long.
    public static func current(patience: Int32 = 500) -> Checkout? {
        let arguments = [
            "git", "--no-optional-locks", "-c", "core.fsmonitor=false", "status", "--porcelain=v2", "--branch",
            "--untracked-files=no",
        ]
        guard let answer = output(of: arguments, patience: patience) else { return nil }
        let lines = answer.split(separator: "\n")
        let mark = "# branch.oid "
        guard let commit = lines.first(where: { $0.hasPrefix(mark) })?.dropFirst(mark.count), commit != "(initial)"
        else { return nil }
        return Checkout(commit: String(commit), isDirty: lines.contains { !$0.hasPrefix("#") })
    }

    /// What a command prints, or nil when it fails or takes too long; it is then ended.
    private static func output(of arguments: [String], patience: Int32) -> String? {
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
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, arguments[0], &actions, nil, &words, environ)
        close(ends[1])
        guard code == 0 else { return nil }

        var bytes: [UInt8] = []
        let isComplete = read(ends[0], until: now + Int64(patience), into: &bytes)
        if !isComplete { kill(child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return isComplete && status == 0 ? String(decoding: bytes, as: UTF8.self) : nil
    }

    private static func read(_ descriptor: Int32, until deadline: Int64, into bytes: inout [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, Int32(clamping: max(0, deadline - now)))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return false }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0, bytes.count < 1 << 20 else { return count == 0 }
            bytes += buffer[..<count]
        }
    }

    /// Milliseconds of a clock that nobody sets.
    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
