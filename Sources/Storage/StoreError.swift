/// Why a store could not be opened or asked, in one line that says what to do.
///
/// Failures inside SQLite arrive as ``SQLiteError``; this type is for what only a store knows.
public struct StoreError: Error, Equatable, CustomStringConvertible {
    /// What kind of trouble it is; the command line chooses its exit status by it.
    public enum Code: Sendable {
        /// There is no file at the path, or no row of the name asked for.
        case missing
        /// The file is no store, belongs to another program, or holds what it must not.
        case invalid
        /// The file is a store, but so damaged that it cannot be opened.
        case damaged
        /// The file is a store, but something else than Varve has changed what its schema is made of.
        case altered
        /// The store has a schema this version of Varve does not know.
        case newer
        /// The file or its folder cannot be created or written.
        case cannotCreate
        /// The store cannot be read.
        case unreadable
        /// There is no room for what is to be written, or the disk is broken.
        case unwritable
        /// Others use the store in a way that does not allow what was asked for.
        case busy
    }

    public let code: Code
    /// The whole line: the input, the reason, what to do.
    public let description: String

    /// Makes an error from its line.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
