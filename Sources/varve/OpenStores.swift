import Storage

/// How the command line opens stores: what Ctrl-C ends is ended in all of them.
enum OpenStores {
    /// Opens a store.
    static func open(_ path: String, for access: Store.Access) throws -> Store {
        try Store(path: path, for: access, interruption: Signals.interruption)
    }
}
