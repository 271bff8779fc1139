/// Values of metrics of a run as they wait in the store to be put in place: four words of 64 bits each, little-endian.
struct WaitingMetrics {
    private static let wordsOfValue = 4
    private static let bytesOfValue = wordsOfValue * 8

    private(set) var words: [Int64] = []
    private(set) var checksum: UInt64

    /// What a checksum begins with, so that values do not get to another run.
    private static func checksum(of run: Int64) -> UInt64 {
        var checksum = Checksum()
        checksum.add(run)
        return checksum.state
    }

    init(_ rows: [Recorder.MetricRow], of run: Int64) {
        checksum = Self.checksum(of: run)
        words.reserveCapacity(rows.count * Self.wordsOfValue)
        for row in rows {
            words.append(row.key.id.littleEndian)
            words.append(row.step.littleEndian)
            words.append(row.timestamp.littleEndian)
            words.append(Int64(bitPattern: row.value.bitPattern).littleEndian)
            checksum ^= row.checksum
        }
    }

    /// Reads the values of a run from the bytes that were stored.
    ///
    /// - Parameters:
    ///   - bytes: as they are in the store.
    ///   - checksum: the exclusive or of the values' checksums.
    ///   - run: the run's number.
    ///   - key: finds a metric by the id of its name.
    /// - Returns: the values; nil where they are not as they were.
    /// - Throws: ``SQLiteError``, from `key`.
    static func rows(
        _ bytes: UnsafeRawBufferPointer,
        checksum: Int64,
        of run: Int64,
        key: (Int64) throws(SQLiteError) -> Recorder.MetricKey?
    ) throws(SQLiteError) -> [Recorder.MetricRow]? {
        guard bytes.count.isMultiple(of: bytesOfValue) else { return nil }
        var rows: [Recorder.MetricRow] = []
        rows.reserveCapacity(bytes.count / bytesOfValue)
        var found = Self.checksum(of: run)
        for start in stride(from: 0, to: bytes.count, by: bytesOfValue) {
            func word(_ index: Int) -> Int64 {
                Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + index * 8, as: Int64.self))
            }
            guard let key = try key(word(0)) else { return nil }
            let row = Recorder.MetricRow(
                run: run,
                key: key,
                step: word(1),
                timestamp: word(2),
                value: Double(bitPattern: UInt64(bitPattern: word(3)))
            )
            found ^= row.checksum
            rows.append(row)
        }
        return Int64(bitPattern: found) == checksum ? rows : nil
    }
}

/// Metrics that are recorded faster than each value can be put in place by itself.
///
/// In `metrics` the values of each metric of a run lie on pages of their own: a commit of a hundred metrics changes a hundred
/// pages, and so does the next one. Kept in `waiting_metrics` first they change one, and those of many commits are put in
/// place at once. They are committed all the same, and whoever opens the store finds them in place.
extension Store {
    /// Whether values wait to be put in place.
    public var hasWaitingMetrics: Bool {
        get throws(SQLiteError) { try connection.prepare(PackageResources.hasWaitingMetrics_sql).only() }
    }

    /// Keeps values of metrics of a run until they are put in place, in the transaction that is open.
    func keep(_ rows: [Recorder.MetricRow], of run: Int64) throws(SQLiteError) {
        guard !rows.isEmpty else { return }
        let waiting = WaitingMetrics(rows, of: run)
        let insert = try connection.prepare(PackageResources.insertWaitingMetrics_sql)
        try insert.bind(run, at: 0)
        try insert.bind(waiting.words.span.bytes, at: 1)
        try insert.bind(Int64(bitPattern: waiting.checksum), at: 2)
        try insert.run()
    }

    /// Puts in place what waits for it.
    ///
    /// Where something of a run is damaged its values stay, and hold nothing else up.
    ///
    /// - Returns: whether nothing stays.
    /// - Throws: ``SQLiteError`` for other reasons, and nothing is changed.
    @discardableResult
    func placeWaitingMetrics() throws -> Bool {
        guard try hasWaitingMetrics else { return true }
        return try connection.transaction {
            try placeWaitingMetrics { body in
                do {
                    try connection.transaction(body)
                    return true
                } catch let error as SQLiteError where ![.damaged, .constraint, .unexpectedType].contains(error.kind) {
                    throw error
                } catch {
                    guard connection.isInTransaction else { throw error }
                    return false
                }
            }
        }
    }

    /// As ``placeWaitingMetrics()``, as a part of the transaction that is open, which has to be undone where this fails: to
    /// undo a part by itself SQLite would note all its pages first.
    ///
    /// - Returns: whether nothing stays.
    /// - Throws: ``SQLiteError``; ``StoreError``.
    func placeWaitingMetricsInTransaction() throws -> Bool {
        guard try hasWaitingMetrics else { return true }
        return try placeWaitingMetrics { body in
            try body()
            return true
        }
    }

    private func placeWaitingMetrics(_ perform: (() throws -> Void) throws -> Bool) throws -> Bool {
        var isWhole = true
        var runs: [Int64: (batches: [Int64], rows: [Recorder.MetricRow])] = [:]
        try forEachWaitingBatch { id, run, rows in
            guard let rows else { return isWhole = false }
            runs[run, default: ([], [])].batches.append(id)
            runs[run, default: ([], [])].rows += rows
        }
        let delete = try connection.prepare(PackageResources.deleteWaitingMetrics_sql)
        for (run, (batches, rows)) in runs {
            let isPlaced = try perform {
                try place(rows, of: run)
                for id in batches { try delete.run(id) }
            }
            isWhole = isWhole && isPlaced
        }
        return isWhole
    }

    /// Visits what waits to be put in place, in the order in which it came.
    ///
    /// - Parameter visit: takes the id of the row, the number of the run, and the values; nil where they are damaged.
    /// - Throws: ``SQLiteError``, and what `visit` throws.
    func forEachWaitingBatch(_ visit: (Int64, Int64, [Recorder.MetricRow]?) throws -> Void) throws {
        var keys: [Int64: Recorder.MetricKey] = [:]
        let findKey = try connection.prepare(PackageResources.findMetricKeyText_sql)
        func key(_ id: Int64) throws(SQLiteError) -> Recorder.MetricKey? {
            if let known = keys[id] { return known }
            try findKey.bind(id)
            let found = try findKey.first { (text: String) in Recorder.MetricKey(id: id, checksum: Checksum(key: text))
            }
            keys[id] = found
            return found
        }
        let list = try connection.prepare(PackageResources.listWaitingMetrics_sql)
        while try list.step() {
            let (run, checksum): (Int64, Int64) = (try list.column(1), try list.column(3))
            let rows = try list.withBlob(at: 2) { bytes throws(SQLiteError) in
                try WaitingMetrics.rows(bytes, checksum: checksum, of: run, key: key)
            }
            try visit(try list.column(0), run, rows)
        }
        list.reset()
    }
}
