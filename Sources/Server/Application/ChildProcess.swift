import Glibc
import Storage
import Synchronization

/// A program that is executed to its end, on the thread that waits for it.
enum ChildProcess {
    enum End: Equatable {
        case exited(Int32)
        case killed
        /// Killed because its time was over, or nobody waits any more.
        case late
        /// Killed because it wrote too much.
        case tooMuch
    }

    /// What a program finds in its environment.
    enum Environment {
        /// What it needs to work at all.
        case few
        /// All that this process has.
        case all
    }

    /// A program that cannot be started.
    struct Failure: Error, CustomStringConvertible {
        let code: Int32

        var description: String { "cannot start a process: \(String(cString: strerror(code)))" }
    }

    /// Executes a program.
    ///
    /// - Parameters:
    ///   - path: the program; one without a slash is looked for in `PATH`.
    ///   - words: its arguments, the first of which is its name.
    ///   - input: what it finds on its standard input, at most 60 KB.
    ///   - environment: what it finds in its environment.
    ///   - outputLimit: how much of its output is taken, in bytes.
    ///   - starting: held while it is started: another process would inherit its pipes.
    ///   - interruption: what ends it.
    /// - Returns: how it ended, and what it wrote.
    /// - Throws: ``Failure`` where it cannot be started.
    static func run(
        _ path: String,
        _ words: [String],
        input: [UInt8] = [],
        environment: Environment,
        outputLimit: Int,
        oneAtATime starting: borrowing Mutex<Void>,
        _ interruption: Interruption
    ) throws -> (end: End, output: [UInt8], error: [UInt8]) {
        var (child, output, error) = try starting.withLock { _ in try start(path, words, input, environment) }
        defer {
            output.close()
            error.close()
        }
        var end: End?
        while !(output.isAtEnd && error.isAtEnd) {
            if interruption.isRequested { end = .late }
            if output.bytes.count > outputLimit { end = .tooMuch }
            guard end == nil else { break }
            var waits = [output, error].map {
                pollfd(fd: $0.isAtEnd ? -1 : $0.reading, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&waits, 2, 50) > 0 else { continue }
            if waits[0].revents != 0 { output.read() }
            if waits[1].revents != 0 { error.read(atMost: 1 << 16) }
        }
        if end != nil { kill(child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let isExit = status & 0x7f == 0
        return (end ?? (isExit ? .exited(status >> 8 & 0xff) : .killed), output.bytes, error.bytes)
    }

    private static func start(
        _ path: String,
        _ words: [String],
        _ input: [UInt8],
        _ environment: Environment
    ) throws(Failure) -> (pid_t, Pipe, Pipe) {
        var (output, error, given) = (Pipe(), Pipe(), Pipe())
        defer { given.close() }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if input.isEmpty {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        } else {
            // It fits into the pipe, so that nobody waits.
            given.write(input)
            given.closeWriting()
            posix_spawn_file_actions_adddup2(&actions, given.reading, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output.writing, 1)
        posix_spawn_file_actions_adddup2(&actions, error.writing, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The signals that end this process are held in all its threads.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let kept = (["PATH", "TMPDIR", "SQLITE_TMPDIR"] as [String]).compactMap { name in
            getenv(name).map { "\(name)=\(String(cString: $0))" }
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var few: [UnsafeMutablePointer<CChar>?] = kept.map { strdup($0) } + [nil]
        defer { for word in arguments + few { free(word) } }
        var child: pid_t = 0
        let code =
            environment == .all
            ? posix_spawnp(&child, path, &actions, &attributes, &arguments, environ)
            : posix_spawnp(&child, path, &actions, &attributes, &arguments, &few)
        guard code == 0 else {
            output.close()
            error.close()
            throw Failure(code: code)
        }
        output.closeWriting()
        error.closeWriting()
        return (child, output, error)
    }

    /// One stream of the program.
    private struct Pipe {
        private(set) var reading: Int32 = -1
        private(set) var writing: Int32 = -1
        private(set) var bytes: [UInt8] = []
        private(set) var isAtEnd = false

        init() {
            var ends: [Int32] = [-1, -1]
            if pipe(&ends) != 0 { isAtEnd = true }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            (reading, writing) = (ends[0], ends[1])
        }

        mutating func read(atMost limit: Int = .max) {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = Glibc.read(reading, &buffer, buffer.count)
            if count < 0, errno == EINTR { return }
            guard count > 0 else { return isAtEnd = true }
            if bytes.count < limit { bytes += buffer[..<count] }
        }

        func write(_ bytes: [UInt8]) { _ = Glibc.write(writing, bytes, bytes.count) }

        mutating func closeWriting() {
            if writing >= 0 { Glibc.close(writing) }
            writing = -1
        }

        mutating func close() {
            closeWriting()
            if reading >= 0 { Glibc.close(reading) }
            reading = -1
        }
    }
}
