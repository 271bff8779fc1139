/// What is another whenever a question may have another answer: something was committed, a process that recorded has died,
/// or the file was replaced.
public struct StoreVersion: Sendable, Hashable {
    /// Other in each store that is opened: the number of the data begins anew then.
    private let instance: UInt64
    /// Other after each commit of somebody else.
    private let data: Int64
    private let dead: Set<Int64>

    fileprivate init(instance: UInt64, data: Int64, dead: Set<Int64>) {
        self.instance = instance
        self.data = data
        self.dead = dead
    }

    /// A short text that is another for another version.
    public var text: String {
        let dead = dead.isEmpty ? "" : Digest.sha256(Array(dead.sorted().description.utf8)).prefix(8)
        return "\(String(instance, radix: 36))-\(data)\(dead.isEmpty ? "" : "-\(dead)")"
    }
}

extension Store {
    /// The present version, of which two are only compared where the same open store gave them.
    ///
    /// Changes that this store commits itself do not count.
    ///
    /// - Throws: ``SQLiteError``.
    public func version() throws(SQLiteError) -> StoreVersion {
        StoreVersion(
            instance: instance,
            data: try connection.value("PRAGMA data_version"),
            dead: try deadRuns()
        )
    }
}
