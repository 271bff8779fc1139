public import Synchronization

/// The signal that asked for an orderly end, 0 without one.
///
/// A signal handler may set it; whatever waits for another process's lock then stops waiting, and long
/// statements end that only read.
public enum Interruption {
    public static let signal = Atomic<Int32>(0)

    /// Whether a signal has come.
    public static var isRequested: Bool { signal.load(ordering: .relaxed) != 0 }

    /// Ends what is being done where a signal has come.
    ///
    /// - Throws: ``SQLiteError``, of the kind that a statement throws which is interrupted.
    public static func check() throws(SQLiteError) {
        if isRequested { throw .interrupted }
    }
}
