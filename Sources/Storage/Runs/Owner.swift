import Glibc

/// The process that executes a run, told apart from any other that ever had its number.
///
/// A process number is given again after a while, and after a reboot from the start, and every container counts its own. So a
/// process is known by its machine, the boot (`/proc/sys/kernel/random/boot_id`), the namespace its number is of
/// (`/proc/self/ns/pid`), the number, and its start (`/proc/PID/stat`, field 22).
public struct Owner: Sendable, Equatable {
    public var host: String
    /// `/etc/machine-id`; nil where there is none, or of runs that were recorded before it was noted.
    public var machineID: String?
    public var bootID: String
    /// Of the process number and of the clock that its start is given by; nil as of ``machineID``.
    public var pidNamespace: String?
    public var pid: Int64
    /// Clock ticks from boot to the start of the process.
    public var processStarted: Int64

    /// The present process.
    public static let current = Owner(
        host: hostName(),
        machineID: line(of: "/etc/machine-id").flatMap { $0.utf8.count == 32 ? $0 : nil },
        bootID: line(of: "/proc/sys/kernel/random/boot_id") ?? "",
        pidNamespace: pidNamespace(),
        pid: Int64(getpid()),
        processStarted: startTime(of: Int64(getpid())) ?? 0
    )

    /// What is known of the process of a run that is recorded as running.
    public enum Life: Sendable, Equatable {
        case alive, dead
        /// It cannot be looked at from here.
        case unknown
        /// The run has no process, as where it comes over the network: it may be deleted at any time.
        case remote
    }

    /// Whether the process lives.
    ///
    /// It is alive where the process table has it. It is dead where the table of the same machine, boot and namespace lacks it,
    /// and where the machine was started again and nothing was heard since. Otherwise nobody knows.
    ///
    /// - Parameters:
    ///   - heartbeat: the last sign of life, in milliseconds since 1970.
    ///   - here: the process that asks.
    ///   - booted: when the machine of `here` was started, likewise.
    /// - Returns: what is certain; never ``Life/remote``.
    func life(heartbeat: Int64?, seenFrom here: Owner = .current, booted: Int64 = Owner.booted) -> Life {
        // An empty boot says nothing: there is no /proc.
        if self == here, !bootID.isEmpty { return .alive }
        guard host == here.host, machineID == here.machineID, !bootID.isEmpty, !here.bootID.isEmpty else {
            return .unknown
        }
        guard bootID == here.bootID else {
            // Without an id of the machine another one may have the same name.
            guard machineID != nil else { return .unknown }
            guard let heartbeat else { return .dead }
            return heartbeat < booted ? .dead : .unknown
        }
        guard let pidNamespace, pidNamespace == here.pidNamespace else { return .unknown }
        if let started = Self.startTime(of: pid) { return started == processStarted ? .alive : .dead }
        return Self.isInTable(pid) ? .unknown : .dead
    }

    /// When this machine was started, in milliseconds since 1970.
    static var booted: Int64 { Moment.now - Moment.monotonic }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return text(name)
    }

    private static func pidNamespace() -> String? {
        // The start of a process is given in the time of its own namespace.
        let links = ["pid", "time"].compactMap { link(at: "/proc/self/ns/\($0)") }
        return links.first?.hasPrefix("pid:") == true ? links.joined(separator: " ") : nil
    }

    /// Whether there is a process of a number that does not merely wait to be looked at, though `/proc` may hide it.
    private static func isInTable(_ pid: Int64) -> Bool {
        guard let pid = pid_t(exactly: pid), pid > 0 else { return false }
        guard kill(pid, 0) == 0 || errno == EPERM else { return false }
        // A zombie is in the table and has ended.
        return line(of: "/proc/\(pid)/stat") == nil
    }

    /// Clock ticks from boot to the start of a process; nil when there is none of that number.
    static func startTime(of pid: Int64) -> Int64? {
        guard let stat = line(of: "/proc/\(pid)/stat"), let name = stat.lastIndex(of: ")") else { return nil }
        // The process's own name may hold spaces and brackets; the fields after it begin with the third.
        let fields = stat[stat.index(after: name)...].split(separator: " ")
        // A zombie has ended; only its parent has not looked yet.
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        return Int64(fields[19])
    }

    private static func line(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 1024)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
        return text(buffer)
    }

    private static func link(at path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        return readlink(path, &buffer, buffer.count - 1) > 0 ? text(buffer) : nil
    }

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
