import CSQLite

/// A prepared statement; `sqlite3_stmt`, https://www.sqlite.org/c3ref/stmt.html.
///
/// Parameters and columns count from 0 here. The statement must not outlive the use of its connection, but the order
/// of destruction does not matter: ``StatementCache`` closes the connection when the last of them has gone.
struct Statement: ~Copyable {
    private let handle: OpaquePointer
    /// What it is kept under when it is not used any more; nil where it is not kept.
    private let text: SQLText?
    private let cache: StatementCache
    /// The number of columns of a result row; 0 for a statement that returns none.
    let columnCount: Int

    init(handle: OpaquePointer, _ text: SQLText?, _ cache: StatementCache) {
        self.handle = handle
        self.text = text
        self.cache = cache
        columnCount = Int(sqlite3_column_count(handle))
    }

    deinit {
        if let text { cache.put(handle, text) } else { sqlite3_finalize(handle) }
    }

    var sql: String { sqlite3_sql(handle).map { String(cString: $0) } ?? "" }

    func columnName(_ index: Int) -> String {
        sqlite3_column_name(handle, Int32(index)).map { String(cString: $0) } ?? ""
    }

    // MARK: Binding

    /// Binds all parameters, in order, after a reset.
    func bind<each Value: SQLConvertible>(_ values: repeat each Value) throws(SQLiteError) {
        sqlite3_reset(handle)
        var index = 0
        for value in repeat each values {
            try bind(value.sqlValue, at: index)
            index += 1
        }
    }

    func bind(_ value: SQLValue, at index: Int) throws(SQLiteError) {
        let position = Int32(index + 1)
        switch value {
        case .null: try check(sqlite3_bind_null(handle, position))
        case .integer(let value): try check(sqlite3_bind_int64(handle, position, value))
        case .real(let value): try check(sqlite3_bind_double(handle, position, value))
        case .text(let value):
            var value = value
            let code = value.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    varve_bind_text(handle, position, characters.baseAddress, Int32(bytes.count))
                }
            }
            try check(code)
        case .blob(let value): try bind(value.span.bytes, at: index)
        }
    }

    func bind(_ value: Int64, at index: Int) throws(SQLiteError) {
        try check(sqlite3_bind_int64(handle, Int32(index + 1), value))
    }

    /// Binds a real; SQLite stores NaN as NULL.
    func bind(_ value: Double, at index: Int) throws(SQLiteError) {
        try check(sqlite3_bind_double(handle, Int32(index + 1), value))
    }

    /// Binds bytes as a blob, copying them.
    func bind(_ bytes: RawSpan, at index: Int) throws(SQLiteError) {
        let code = bytes.withUnsafeBytes { buffer in
            varve_bind_blob(handle, Int32(index + 1), buffer.baseAddress, UInt64(buffer.count))
        }
        try check(code)
    }

    // MARK: Stepping

    /// Goes to the next row, or returns false when there is none; `sqlite3_step`.
    func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let error = failure(code)
            sqlite3_reset(handle)
            throw error
        }
    }

    /// Executes the statement with its present bindings to its end and makes it ready for the next time.
    func run() throws(SQLiteError) {
        while try step() {}
        sqlite3_reset(handle)
    }

    /// Binds all parameters and executes the statement to its end.
    func run<each Value: SQLConvertible>(_ values: repeat each Value) throws(SQLiteError) {
        try bind(repeat each values)
        try run()
    }

    func reset() { sqlite3_reset(handle) }

    // MARK: Reading

    /// The value in a column of the present row.
    func value(at index: Int) -> SQLValue {
        let column = Int32(index)
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, column))
        case SQLITE_TEXT:
            guard let text = sqlite3_column_text(handle, column) else { return .text("") }
            let count = Int(sqlite3_column_bytes(handle, column))
            return .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
        case SQLITE_BLOB: return .blob(withBlob(at: index) { [UInt8]($0) })
        default: return .null
        }
    }

    /// Lends the bytes of a blob column, valid inside `body`.
    func withBlob<Result>(at index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let start = sqlite3_column_blob(handle, Int32(index))
        let count = Int(sqlite3_column_bytes(handle, Int32(index)))
        return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    /// The value in a column of the present row, of the type asked for.
    func column<Value: SQLConvertible>(_ index: Int, as type: Value.Type = Value.self) throws(SQLiteError) -> Value {
        let stored = value(at: index)
        guard let value = Value(sqlValue: stored) else {
            throw SQLiteError(
                code: SQLITE_MISMATCH,
                message: "column \(columnName(index)) holds \(stored), not \(Value.self)",
                sql: sql
            )
        }
        return value
    }

    /// The real in a column of the present row, where NULL is NaN.
    func real(_ index: Int) throws(SQLiteError) -> Double { try column(index, as: StoredReal.self).value }

    /// The present row, its columns in order handed to an initializer.
    func row<each Column: SQLConvertible, Row>(
        as make: (repeat each Column) -> Row
    ) throws(SQLiteError) -> Row {
        var index = -1
        func next<Value: SQLConvertible>(_ type: Value.Type) throws(SQLiteError) -> Value {
            index += 1
            return try column(index, as: type)
        }
        return make(repeat try next((each Column).self))
    }

    /// All rows of the statement with its present bindings.
    func rows<each Column: SQLConvertible, Row>(
        as make: (repeat each Column) -> Row
    ) throws(SQLiteError) -> [Row] {
        var rows: [Row] = []
        while try step() { rows.append(try row(as: make)) }
        sqlite3_reset(handle)
        return rows
    }

    /// The first row of the statement with its present bindings, if there is one.
    func first<each Column: SQLConvertible, Row>(
        as make: (repeat each Column) -> Row
    ) throws(SQLiteError) -> Row? {
        let found = try step() ? try row(as: make) : nil
        sqlite3_reset(handle)
        return found
    }

    /// The first column of a row that must be there.
    func only<Value: SQLConvertible>(as type: Value.Type = Value.self) throws(SQLiteError) -> Value {
        guard let value = try first(as: { (value: Value) in value }) else {
            throw SQLiteError(code: SQLITE_EMPTY, message: "no row", sql: sql)
        }
        return value
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private func failure(_ code: Int32) -> SQLiteError {
        cache.patience.error(code, on: sqlite3_db_handle(handle), sql: sql)
    }
}
