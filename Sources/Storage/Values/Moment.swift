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

    /// Milliseconds by a clock that is never set, from a moment that means nothing: for everything that takes its time;
    /// `clock_gettime(CLOCK_BOOTTIME)`.
    static var monotonic: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// How long ago a moment was, in milliseconds; 0 for one that is still to come.
    public static func age(of moment: Int64) -> Int64 {
        let (age, isTooLarge) = now.subtractingReportingOverflow(moment)
        return isTooLarge ? (moment < 0 ? .max : 0) : max(0, age)
    }

    /// How long ago a moment was, for people: `45 s`, `12 min`, `5 h` or `3 days`.
    public static func span(since moment: Int64) -> String {
        let seconds = age(of: moment) / 1000
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) days"
        }
    }

    /// Whether a moment can be recorded; what a file says may be any number.
    public static func isPossible(_ moment: Int64) -> Bool { range.contains(moment) }

    /// A moment that was given.
    ///
    /// - Throws: ``StoreError`` where it lies outside of ``range``.
    static func checked(_ moment: Int64, as what: @autoclosure () -> String) throws(StoreError) -> Int64 {
        guard isPossible(moment) else {
            throw StoreError.momentOutOfRange(what: what(), moment: moment)
        }
        return moment
    }
}
