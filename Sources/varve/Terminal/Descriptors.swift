import Glibc
import Questions

/// Writes one line past all buffers.
///
/// - Returns: whether it was written; `errno` then says why not.
@discardableResult
func writeLine(_ line: String, to descriptor: Int32) -> Bool { writeText(line + "\n", to: descriptor) }

/// Writes a text past all buffers; see ``writeLine(_:to:)``.
@discardableResult
func writeText(_ text: String, to descriptor: Int32) -> Bool { writeBytes(Array(text.utf8), to: descriptor) }

func writeBytes(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
    }
    return true
}

/// Says on standard error what was wrong or left out.
func complain(_ line: String) { writeLine(Varve.shortened("varve: " + escaped(line)), to: STDERR_FILENO) }

/// Complaints of one kind, which may come a million times: the first are said, and the others counted.
struct Complaints {
    private static let said = 20
    private var count = 0

    mutating func add(_ line: @autoclosure () -> String) {
        count += 1
        if count <= Self.said { complain(line()) }
    }

    /// Says how many more there were.
    func finish(_ noun: String) {
        if count > Self.said { complain(counted(count - Self.said, "further \(noun)")) }
    }
}

/// The columns of the terminal behind a descriptor; nil where it is none.
func terminalWidth(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
}
