import Glibc

/// The browser of whoever sits at this machine.
enum Browser {
    /// Opens an address in it, and does not wait for it.
    ///
    /// - Parameter address: what to open.
    /// - Returns: whether there is a program that does so.
    static func open(_ address: String) -> Bool {
        // The shell ends at once, and whom it started belongs to nobody.
        let script = "command -v xdg-open >/dev/null || exit 1; xdg-open \"$1\" </dev/null >/dev/null 2>&1 &"
        let words = (["sh", "-c", script, "varve", address] as [String]).map { strdup($0) }
        defer { for word in words { free(word) } }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The signals that this process holds back are none of its business.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        var child: pid_t = 0
        guard posix_spawn(&child, "/bin/sh", nil, &attributes, words + [nil], environ) == 0 else { return false }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 { guard errno == EINTR else { return false } }
        return status == 0
    }
}
