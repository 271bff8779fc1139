/// Puts the checksum of its end under a run: of its row, but for what may be changed later, of its params and tensors.
final class RunSeal {
    private let content: Statement
    private let params: Statement
    private let tensors: Statement
    private let set: Statement
    private let find: Statement

    init(_ store: Store) throws(SQLiteError) {
        let content = try store.connection.prepare(PackageResources.findRunContent_sql)
        let params = try store.connection.prepare(PackageResources.listParams_sql)
        let tensors = try store.connection.prepare(PackageResources.listTensorRows_sql)
        let set = try store.connection.prepare(PackageResources.setRunChecksum_sql)
        let find = try store.connection.prepare(PackageResources.findRunChecksum_sql)
        self.content = content
        self.params = params
        self.tensors = tensors
        self.set = set
        self.find = find
    }

    /// Seals a run that has ended, in the transaction that is open; one that is older than checksums stays without.
    func seal(_ run: Int64) throws(SQLiteError) { try set.run(run, checksum(of: run)) }

    /// Whether a run has the checksum of its end, and is as it ended.
    func holds(_ run: Int64) throws(SQLiteError) -> Bool {
        try find.bind(run)
        guard let sealed = try find.first(as: { (checksum: Int64?) in checksum }) ?? nil else { return false }
        return try sealed == checksum(of: run)
    }

    /// The checksum of what there is of a run.
    func checksum(of run: Int64) throws(SQLiteError) -> Int64 {
        var checksum = Checksum()
        try Self.add(content, of: run, to: &checksum)
        try Self.add(params, of: run, to: &checksum)
        try Self.add(tensors, of: run, to: &checksum)
        return checksum.stored
    }

    private static func add(
        _ statement: borrowing Statement,
        of run: Int64,
        to checksum: inout Checksum
    ) throws(SQLiteError) {
        try statement.bind(run)
        while try statement.step() {
            for column in 0..<statement.columnCount { checksum.add(statement.value(at: column)) }
        }
        statement.reset()
    }
}
