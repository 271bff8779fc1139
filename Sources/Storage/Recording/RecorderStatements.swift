/// The statements that a recorder uses again and again.
struct RecorderStatements: ~Copyable {
    let insertRow: Statement
    let insertRows: Statement
    let findRow: Statement
    let replaceRow: Statement
    let insertMetric: Statement
    let insertMetrics: Statement
    let findPresence: Statement
    let noteProgress: Statement
    let noteLife: Statement
    let noteLayer: Statement
    let noteMetric: Statement
    let insertBlob: Statement
    let insertTensor: Statement
    let finishRun: Statement

    init(_ store: Store) throws(SQLiteError) {
        // A noncopyable value cannot be half made when an initializer throws: all statements first.
        let insertRow = try store.connection.prepare(PackageResources.insertVariance_sql)
        let insertRows = try store.connection.prepare(PackageResources.insertVariances_sql)
        let findRow = try store.connection.prepare(PackageResources.findVariance_sql)
        let replaceRow = try store.connection.prepare(PackageResources.replaceVariance_sql)
        let insertMetric = try store.connection.prepare(PackageResources.insertMetric_sql)
        let insertMetrics = try store.connection.prepare(PackageResources.insertMetrics_sql)
        let findPresence = try store.connection.prepare(PackageResources.findPresence_sql)
        let noteProgress = try store.connection.prepare(PackageResources.noteProgress_sql)
        let noteLife = try store.connection.prepare(PackageResources.noteLife_sql)
        let noteLayer = try store.connection.prepare(PackageResources.noteLayer_sql)
        let noteMetric = try store.connection.prepare(PackageResources.noteMetric_sql)
        let insertBlob = try store.connection.prepare(PackageResources.insertBlob_sql)
        let insertTensor = try store.connection.prepare(PackageResources.insertTensor_sql)
        let finishRun = try store.connection.prepare(PackageResources.finishRun_sql)
        self.insertRow = insertRow
        self.insertRows = insertRows
        self.findRow = findRow
        self.replaceRow = replaceRow
        self.insertMetric = insertMetric
        self.insertMetrics = insertMetrics
        self.findPresence = findPresence
        self.noteProgress = noteProgress
        self.noteLife = noteLife
        self.noteLayer = noteLayer
        self.noteMetric = noteMetric
        self.insertBlob = insertBlob
        self.insertTensor = insertTensor
        self.finishRun = finishRun
    }
}
