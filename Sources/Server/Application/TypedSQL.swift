import Glibc
import HTTPTypes
import Storage
import Synchronization

/// Executes SQL that a person typed, in a process of its own that is killed when its time is over: one call of an SQL
/// function can take hours, in which SQLite looks neither at the clock nor for an interruption.
final class TypedSQL: Sendable {
    private let command: String?
    private let store: String
    private let time: Duration
    /// Threads that wait for the processes.
    private let team: ThreadTeam<Bool>
    /// A process that is started while another one is would inherit its pipes.
    private let starting = Mutex(())

    /// How much of an answer is taken, in bytes.
    private static let outputLimit = 32 << 20
    /// One word of a command line has at most 128 KiB.
    static let statementLimit = 100_000

    init(_ settings: ServerSettings) throws {
        command = settings.command
        store = settings.store
        time = settings.sqlTime
        team = try ThreadTeam(threads: 2, capacity: 16) { true }
    }

    func shutDown() async { await team.shutDown(isHurried: true) }

    /// The answer of a statement, as `varve sql` writes it.
    ///
    /// - Throws: ``Problem`` for SQL that is wrong or not allowed, or takes too long.
    func answer(_ statement: String, format: String) async throws -> [UInt8] {
        guard let command else { throw Problem(.notImplemented, "this server executes no SQL") }
        guard !statement.utf8.contains(0) else { throw Problem(.badRequest, "the statement holds a NUL") }
        guard statement.utf8.count <= Self.statementLimit else {
            throw Problem(.unprocessableContent, "the statement has more than \(Self.statementLimit) bytes")
        }
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        let words = [
            "varve", "sql", "--store", store, "--format", format, "--timeout", "\(seconds)", "--", statement,
        ]
        let interruption = Interruption(deadline: .now + time + .milliseconds(500))
        let outcome = try await team.run(interruption) { _ in
            try ChildProcess.run(
                command,
                words,
                outputLimit: Self.outputLimit,
                oneAtATime: self.starting,
                interruption
            )
        }
        let complaint =
            String(decoding: outcome.error, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
        let reason = Problem.withoutPath(
            complaint.hasPrefix("varve: ") ? String(complaint.dropFirst(7)) : complaint,
            store
        )
        switch outcome.end {
        case .exited(0): return outcome.output
        case .tooMuch: throw Problem(.unprocessableContent, "the answer has more than \(Self.outputLimit) bytes")
        case .late, .exited(69): throw Problem(.serviceUnavailable, "the statement was not done in \(seconds) s")
        case .exited(64), .exited(65): throw Problem(.badRequest, reason)
        case .exited, .killed: throw Problem(.internalServerError, "the statement failed: \(reason)")
        }
    }
}

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

    /// Executes a program with nothing on its standard input.
    ///
    /// - Throws: ``Problem`` where it cannot be started.
    static func run(
        _ path: String,
        _ words: [String],
        outputLimit: Int,
        oneAtATime starting: borrowing Mutex<Void>,
        _ interruption: Interruption
    ) throws -> (end: End, output: [UInt8], error: [UInt8]) {
        var (child, output, error) = try starting.withLock { _ in try start(path, words) }
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

    private static func start(_ path: String, _ words: [String]) throws(Problem) -> (pid_t, Pipe, Pipe) {
        var (output, error) = (Pipe(), Pipe())
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
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
        var environment: [UnsafeMutablePointer<CChar>?] = kept.map { strdup($0) } + [nil]
        defer { for word in arguments + environment { free(word) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, path, &actions, &attributes, &arguments, &environment)
        guard code == 0 else {
            output.close()
            error.close()
            throw Problem(.internalServerError, "cannot start a process: \(String(cString: strerror(code)))")
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
