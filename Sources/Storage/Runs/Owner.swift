import Glibc

/// The process that executes a run, told apart from any other that ever had its number.
///
/// A process number is given again after a while, and after a reboot from the start; the pair of boot and start time
/// is what makes it one process (`/proc/PID/stat`, field 22, and `/proc/sys/kernel/random/boot_id`).
public struct Owner: Sendable, Equatable {
    public let host: String
    public let bootID: String
    public let pid: Int64
    /// Clock ticks from boot to the start of the process.
    public let processStarted: Int64

    /// The present process.
    public static let current = Owner(
        host: hostName(),
        bootID: line(of: "/proc/sys/kernel/random/boot_id") ?? "",
        pid: Int64(getpid()),
        processStarted: startTime(of: Int64(getpid())) ?? 0
    )

    /// After this long without a heartbeat a process that cannot be looked at counts as gone, in milliseconds.
    static let patience: Int64 = 5 * 60 * 1000

    /// Whether the owner of a running run is gone.
    ///
    /// On the same boot of the same host the process table says it; on any other host only the heartbeat can.
    ///
    /// - Parameters:
    ///   - owner: the process noted in the run's row; nil for a run logged without one.
    ///   - heartbeat: the last sign of life, in milliseconds since 1970.
    ///   - now: the present moment, likewise.
    /// - Returns: true where the process has certainly ended, or has been silent for too long.
    static func isGone(_ owner: Owner?, heartbeat: Int64?, now: Int64) -> Bool {
        if let owner, owner.host == current.host {
            guard owner.bootID == current.bootID else { return true }
            return startTime(of: owner.pid) != owner.processStarted
        }
        guard let heartbeat else { return owner != nil }
        return now - heartbeat > patience
    }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
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
        let bytes = buffer.prefix { $0 != 0 && $0 != 10 }
        return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
