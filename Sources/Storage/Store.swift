import CSQLite
import Glibc

/// A Varve store: one SQLite file with everything that was recorded.
///
/// A store is one connection and belongs to one thread or task; it is not Sendable. Any number of processes may have
/// the same file open, each with a store of its own: writers wait for each other (``busyTimeout``), readers for nobody.
public final class Store {
    /// What a store is opened for.
    public enum Access: Sendable {
        /// Questions only; never makes the file. Puts in place what a process that was killed left to be put in place.
        case reading
        /// SQL that people type: as reading, but no other files, no extensions, and no value of more than
        /// ``Store/valueLimit``.
        case typed
        /// Makes the file where there is none and migrates an older schema.
        case writing
        /// As writing, but the file must be there.
        case migrating
    }

    /// The path as it was given.
    public let path: String
    /// The path of the file itself where the one given is a link; SQLite keeps its log beside it.
    let file: String
    /// The file whose folder of artifacts is this store's, where it has a name for the time being; else its own is.
    var artifactPlace: String?
    /// The keys of metrics' names that were met.
    let metricKeys = MetricKeyCache()
    /// Whether values of metrics that another process left waiting could not be put in place when that was tried last.
    public private(set) var isWaitingForMetrics = false
    /// Whether values of metrics that come over the network wait to be put in place; see ``placeWaitingMetrics()``.
    var gathersMetrics = false
    /// Whether it is for SQL that people type.
    let isTyped: Bool
    let connection: Connection
    /// Tells open stores apart, see ``version()``.
    let instance = UInt64.random(in: .min ... .max)
    /// The file where it is read without a lock; see ``checkUnchanged()``.
    public let frozenFile: FrozenFile?

    /// How long a statement waits for other processes before it fails as locked, in milliseconds.
    public static let busyTimeout: Int32 = 30_000
    /// How long opening a store waits for others to put in place what was left waiting, in milliseconds.
    private static let placingTimeout: Int32 = 2000
    /// How long a recorder does, in milliseconds: what it holds would be lost, and a large merge takes its time.
    static let recorderTimeout: Int32 = 600_000

    /// What ends waiting for others, and questions that take long.
    ///
    /// Another one may be put in its place between two questions, as where a reader is lent; see
    /// ``withInterruption(_:_:)``.
    public var interruption: Interruption {
        get { connection.patience.interruption }
        set { connection.patience.interruption = newValue }
    }

    /// Performs `body` with another token, and has its own back afterwards.
    public func withInterruption<Result>(_ other: Interruption, _ body: () throws -> Result) rethrows -> Result {
        try connection.patience.with({ $0.interruption = other }, body)
    }

    /// The version of the SQLite library in use.
    public static var sqliteVersion: String { String(cString: sqlite3_libversion()) }

    /// Opens a store.
    ///
    /// Safe for many processes at the same moment, also when the file is not there yet: the schema comes in one
    /// transaction, and one that is late finds it done.
    ///
    /// A store of a newer Varve opens for reading where all its further migrations allow it (`readable_since` in
    /// `schema_migrations`), and never for writing.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - access: what it is opened for.
    ///   - interruption: what ends waiting for others, and questions that take long.
    /// - Throws: ``StoreError`` for a path with no store, somebody else's file, a folder, a newer store, a damaged one, one
    ///   that cannot be created; ``SQLiteError`` for everything else that SQLite reports.
    public init(path: String, for access: Access, interruption: Interruption = Interruption()) throws {
        self.path = path
        isTyped = access == .typed
        let exists = try Self.check(path, access)
        file = exists ? Self.resolved(path) : path
        let before = FrozenFile(file)
        switch access {
        case .writing, .migrating: connection = try Self.openForWriting(path, file, interruption)
        case .reading, .typed: connection = try Self.openForReading(path, before, interruption)
        }
        frozenFile = connection.mode == .immutable ? before : nil
        switch access {
        case .writing, .migrating:
            // Where another process holds the lock or the disk is full they stay, and who comes next tries again.
            isWaitingForMetrics = connection.patience.with({ $0.busyTimeout = Self.placingTimeout }) {
                (try? placeWaitingMetrics()) == nil
            }
            try markDeadRuns()
        case .reading: placeWaitingMetricsOfOthers()
        case .typed:
            placeWaitingMetricsOfOthers()
            try showDeadRuns()
            try connection.restrictToReading()
        }
    }

    static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func openForWriting(
        _ path: String,
        _ file: String,
        _ interruption: Interruption
    ) throws -> Connection {
        do {
            let connection = try Connection(path: file, mode: .create, interruption: interruption)
            connection.patience.busyTimeout = busyTimeout
            try prepareForWriting(connection, path)
            return connection
        } catch let error as SQLiteError {
            guard error.kind == .cannotOpen else { throw explained(error, path) }
            let isThere = access(file, F_OK) == 0
            throw isThere
                ? StoreError.readOnly(path: path, reason: error.message)
                : StoreError.cannotCreate(path: path, reason: error.message)
        }
    }

    private static func openForReading(
        _ path: String,
        _ before: FrozenFile,
        _ interruption: Interruption
    ) throws -> Connection {
        let file = before.path
        // Somebody may write through another name, with a log that is not seen here.
        let hasOtherNames = otherName(of: file, named: path) != nil
        func open(_ mode: Connection.Mode) throws -> Connection {
            let connection = try Connection(path: file, mode: mode, interruption: interruption)
            connection.patience.busyTimeout = busyTimeout
            connection.patience.endsStatements = true
            if hasOtherNames { connection.keepLog() }
            do {
                try prepareForReading(connection, path)
            } catch {
                // Damage that was seen may be no more than a change.
                if mode == .immutable { try before.check() }
                throw error
            }
            return connection
        }
        do {
            // Without a log, a file that cannot be written needs none: making one would lock its owner out.
            let isSettled = isLogEmpty(file)
            if isSettled, hasOtherNames || access(file, W_OK) != 0 { return try open(.immutable) }
            do {
                return try open(.existing)
            } catch let error as SQLiteError
                where isSettled && [.cannotOpen, .readOnly, .full, .inputOutput].contains(error.kind)
            {
                // A full disk may have no room for the log's index.
                return try open(.immutable)
            }
        } catch let error as SQLiteError {
            throw explained(error, path)
        }
    }

    private static func prepareForWriting(_ connection: borrowing Connection, _ path: String) throws {
        let state = try Migration.state(of: connection, path: path)
        if state == .ahead { throw Migration.ahead(path) }
        if state == .current { try Schema.refuseAltered(connection, path: path) }
        if state != .current {
            // Only an empty file takes a page size; 8 KiB is the best of both for rows and for weights.
            try connection.execute("PRAGMA page_size = 8192")
            try Migration.apply(to: connection, path: path)
        }
        try enterWAL(connection)
        // A commit waits for the disk, so that it survives a loss of power; a recorder, which commits all the time, does
        // not wait and calls `synchronize()` at its end.
        try connection.execute(
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8192"
        )
    }

    /// Switches to the write-ahead log, waiting for others that still read in the old mode.
    ///
    /// SQLite does not wait by itself here: it reports the lock at once.
    private static func enterWAL(_ connection: borrowing Connection) throws {
        var waited: Int32 = 0
        while true {
            do {
                if try connection.value("PRAGMA journal_mode = WAL", as: String.self) == "wal" { return }
                throw SQLiteError(code: SQLITE_CANTOPEN, message: "this file system does not allow a write-ahead log")
            } catch let error as SQLiteError where error.kind == .locked && waited < busyTimeout {
                try connection.patience.interruption.check()
                usleep(5000)
                waited += 5
            }
        }
    }

    private static func prepareForReading(_ connection: borrowing Connection, _ path: String) throws {
        try connection.execute("PRAGMA query_only = ON")
        switch try Migration.state(of: connection, path: path) {
        case .current, .ahead: return
        case .empty: throw StoreError.emptyFile(path: path)
        case .behind: throw StoreError.olderSchema(path: path)
        }
    }

    /// Has values of metrics put in place that another process left waiting, if it was killed.
    ///
    /// Where that cannot be they are missing in what is read, see ``isWaitingForMetrics``.
    public func placeWaitingMetricsOfOthers() {
        guard (try? hasWaitingMetrics) == true else { return }
        if connection.mode == .existing {
            let deadline = ContinuousClock.now + .milliseconds(Int64(Self.placingTimeout))
            _ = try? Store(path: path, for: .migrating, interruption: Interruption(deadline: deadline))
        }
        isWaitingForMetrics = (try? hasWaitingMetrics) == true
    }

    private static func explained(_ error: SQLiteError, _ path: String) -> any Error {
        switch error.kind {
        // What is asked here is in every store.
        case .damaged, .unexpectedType, .other:
            StoreError.damaged(path: path, message: error.message)
        case .readOnly: StoreError.readOnly(path: path, reason: error.message)
        case .cannotOpen: StoreError.cannotRead(path: path, reason: error.message)
        default: error
        }
    }

    /// Finds out whether the file is still where it was.
    ///
    /// - Throws: ``StoreError`` when it was deleted or replaced meanwhile, and with it everything that was recorded.
    public func checkPresence() throws(StoreError) {
        guard FileLook.Key(path: file) != connection.file else { return }
        throw StoreError.lost(path: path)
    }

    /// Whether the path means another file by now, or none.
    var isReplaced: Bool { FileLook.Key(path: path) != connection.file }

    /// Finds out whether what was read is one state of the store, where it was read without a lock: who may not write beside it
    /// cannot lock it.
    ///
    /// - Throws: ``StoreError`` when the file was written to since it was opened.
    public func checkUnchanged() throws(StoreError) { try frozenFile?.check() }

    /// Writes everything committed so far to the disk, where it survives a loss of power.
    ///
    /// The log goes into the database file and is emptied. While others still read from the log, which takes as long as
    /// they like, the log itself is brought onto the disk instead.
    ///
    /// - Throws: ``SQLiteError``; ``StoreError`` when the file is not where it was, see ``checkPresence()``.
    public func synchronize() throws {
        let isDone = try connection.patience.with({ $0.busyTimeout = 0 }) { try connection.checkpoint() }
        if !isDone {
            // With this setting a commit waits for the disk, and for all of the log before it. There has to be something
            // to commit: rows that are given the values they have are not written, this number always is.
            try connection.with("synchronous", 2) { try connection.execute("PRAGMA user_version = 0") }
        }
        try checkPresence()
    }
}
