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

    /// The number of processors that this process may use, at least 1: the bits of `Cpus_allowed` in `/proc/self/status`, or
    /// all of the machine's where nothing is there.
    public static var processors: Int {
        let mask = value(of: "Cpus_allowed:", separator: ":", in: "/proc/self/status")
        let count = mask.reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount }
        return max(1, count > 0 ? count : sysconf(Int32(_SC_NPROCESSORS_ONLN)))
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
