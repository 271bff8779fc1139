import Glibc

extension Store {
    /// Kinds of file systems that other machines share.
    private static let networkFileSystems: Set<Substring> = [
        "nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "ceph", "fuse.ceph", "afs", "lustre", "gpfs", "beegfs",
        "fuse.glusterfs",
    ]

    /// The kind of network file system that the store is on, where SQLite's log and locks may fail; nil for a disk.
    public var networkFileSystem: String? {
        var status = stat()
        guard stat(file, &status) == 0, let mounts = fopen("/proc/self/mountinfo", "re") else { return nil }
        defer { fclose(mounts) }
        var line = [CChar](repeating: 0, count: 4096)
        while fgets(&line, Int32(line.count), mounts) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let mount = Self.mount(text)
            if mount?.device == UInt64(status.st_dev) { return mount?.networkFileSystem }
        }
        return nil
    }

    /// What a line of `/proc/self/mountinfo` says, `proc_pid_mountinfo(5)`: the device's number and, for a file system that
    /// other machines share, its kind.
    static func mount(_ line: String) -> (device: UInt64, networkFileSystem: String?)? {
        let fields = line.split(separator: " ")
        guard fields.count > 2, let end = fields.firstIndex(of: "-"), end + 1 < fields.count else { return nil }
        let numbers = fields[2].split(separator: ":").compactMap { UInt64($0) }
        guard numbers.count == 2 else { return nil }
        let (major, minor) = (numbers[0], numbers[1])
        // As `makedev(3)` packs them.
        let device = (major & ~0xFFF) << 32 | (major & 0xFFF) << 8 | (minor & ~0xFF) << 12 | minor & 0xFF
        let kind = fields[end + 1]
        return (device, networkFileSystems.contains(kind) ? String(kind) : nil)
    }
}
