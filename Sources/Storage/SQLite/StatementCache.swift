import CSQLite

/// The statements of one connection that nobody uses at the moment, by their text: the same text need not be compiled again.
///
/// Connection and statements keep it, and it closes the connection when the last of them goes. A statement may go on another
/// thread than the rest, as the last worker of a queue does: nothing is closed beside it.
final class StatementCache {
    /// How many statements are kept; those used last.
    private static let limit = 128
    /// Longer ones are not kept, in bytes: a filter of thousands of values will hardly come again.
    private static let longest = 16_384

    private let connection: OpaquePointer
    let patience: Patience
    /// Must not be closed before SQLite has closed the file.
    let look: FileLook?
    /// How many statements were compiled.
    private(set) var compiled = 0
    /// How many transactions, or parts of them, were undone.
    var undone = 0
    /// Whether the connection lets indexes and views call functions that SQLite calls unsafe.
    var trustsSchema = false
    private var idle: [SQLText: Idle] = [:]
    private var clock: UInt64 = 0

    private struct Idle {
        let handle: OpaquePointer
        /// When it was used last.
        let moment: UInt64
    }

    init(_ connection: OpaquePointer, _ patience: Patience, _ look: FileLook?) {
        self.connection = connection
        self.patience = patience
        self.look = look
    }

    deinit {
        for statement in idle.values { sqlite3_finalize(statement.handle) }
        sqlite3_close_v2(connection)
    }

    /// Takes a statement out, which has no bindings and is at no row.
    func take(_ text: SQLText) -> OpaquePointer? { idle.removeValue(forKey: text)?.handle }

    /// Counts a statement that was compiled.
    func count() { compiled += 1 }

    /// Keeps a statement that is not used any more, or finalizes it.
    func put(_ handle: OpaquePointer, _ text: SQLText) {
        guard text.bytes.count <= Self.longest, idle[text] == nil else {
            sqlite3_finalize(handle)
            return
        }
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
        clock += 1
        idle[text] = Idle(handle: handle, moment: clock)
        guard idle.count > Self.limit, let oldest = idle.min(by: { $0.value.moment < $1.value.moment }) else { return }
        idle[oldest.key] = nil
        sqlite3_finalize(oldest.value.handle)
    }

}

/// The text of a statement as a key.
struct SQLText: Hashable {
    let bytes: [UInt8]

    func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
}
