import Glibc

/// Standard input, read as it comes: what waits for a line must not keep what has come from being recorded.
struct StandardInput: ~Copyable {
    /// What reading brought.
    enum Event {
        /// A number of bytes at the start of the buffer.
        case bytes(Int)
        /// Nothing yet.
        case nothing
        case end
    }

    /// Several pipes full, so that a fast writer does not wait for each of them.
    static let size = 1 << 18

    private(set) var buffer = [UInt8](repeating: 0, count: size)

    /// Looks at what there is to read from.
    ///
    /// - Throws: ``InputError`` when nothing can be read.
    init() throws(InputError) {
        var status = stat()
        guard fstat(STDIN_FILENO, &status) == 0 else { throw InputError(code: errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw InputError(code: EISDIR) }
    }

    /// Whether a person types it.
    var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    /// Reads what is there.
    ///
    /// - Parameter patience: the longest time to wait for something, in milliseconds; a signal ends the wait.
    /// - Returns: what came.
    /// - Throws: ``InputError`` when reading fails.
    mutating func read(patience: Int32) throws(InputError) -> Event {
        var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        let ready = poll(&waiting, 1, patience)
        guard ready > 0 || (ready < 0 && errno != EINTR) else { return .nothing }
        let count = Glibc.read(STDIN_FILENO, &buffer, buffer.count)
        if count > 0 { return .bytes(count) }
        if count == 0 { return .end }
        guard [EINTR, EAGAIN].contains(errno) else { throw InputError(code: errno) }
        return .nothing
    }
}

/// An input that could not be read.
struct InputError: Error, CustomStringConvertible {
    let code: Int32

    var description: String { "cannot read standard input: \(String(cString: strerror(code)))" }
}
