import CSQLite

extension Connection {
    /// Makes the function that compiled filters call; `sqlite3_create_function_v2`.
    ///
    /// `as_number(value)` is the value itself where it is a number, the number that it reads as where it is text
    /// (``NumberText``), and NULL otherwise. SQLite's own conversions take `12 monkeys` for 12, and round some numbers
    /// otherwise than Swift does.
    ///
    /// - Returns: SQLite's result code.
    static func defineFunctions(on handle: OpaquePointer) -> Int32 {
        sqlite3_create_function_v2(
            handle,
            "as_number",
            1,
            SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
            nil,
            { context, _, values in
                guard let value = values?.pointee else { return }
                switch sqlite3_value_type(value) {
                case SQLITE_INTEGER, SQLITE_FLOAT: sqlite3_result_value(context, value)
                case SQLITE_TEXT:
                    let start = sqlite3_value_text(value)
                    let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
                    switch NumberText.number(in: String(decoding: bytes, as: UTF8.self)) {
                    case .integer(let number)?: sqlite3_result_int64(context, number)
                    case .real(let number)?: sqlite3_result_double(context, number)
                    default: sqlite3_result_null(context)
                    }
                default: sqlite3_result_null(context)
                }
            },
            nil,
            nil,
            nil
        )
    }
}
