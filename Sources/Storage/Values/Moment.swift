import Glibc

/// The clock of the store: whole milliseconds since 1970, UTC.
public enum Moment {
    /// The present moment; `clock_gettime(CLOCK_REALTIME)`.
    public static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
