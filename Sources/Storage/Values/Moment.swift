import Glibc

/// The clock of the store: whole milliseconds since 1970, UTC.
public enum Moment {
    /// The moments that can be recorded: the years 1 to 9999.
    public static let range: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// The present moment; `clock_gettime(CLOCK_REALTIME)`.
    public static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Whether a moment can be recorded; what a file says may be any number.
    public static func isPossible(_ moment: Int64) -> Bool { range.contains(moment) }

    /// A moment that was given.
    ///
    /// - Throws: ``StoreError`` where it lies outside of ``range``.
    static func checked(_ moment: Int64, as what: String) throws(StoreError) -> Int64 {
        guard isPossible(moment) else {
            throw StoreError.momentOutOfRange(what: what, moment: moment)
        }
        return moment
    }
}
