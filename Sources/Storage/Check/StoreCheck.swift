/// Looks a store over: the file's structure, the schema, references, digests, and what the runs' rows say.
///
/// Everything is looked at with one view of the store, so others may go on recording. What is recorded of runs and datasets
/// is compared with its digests and checksums; what may be edited or added later has none: tags, experiments, which runs are
/// deleted or belong to which experiment, and the lists of artifacts, edits and purges.
public final class StoreCheck {
    let store: Store
    let isMending: Bool
    private let dead: Set<Int64>

    /// Takes a finding when it is certain whether it was put right; what it throws ends the check.
    public typealias Report = (Finding) throws -> Void

    /// The store's file where it is read without a lock.
    public var frozenFile: FrozenFile? { store.frozenFile }

    /// How much was looked at.
    public internal(set) var counts = Counts()

    /// How many runs, variances, datasets and blobs there are.
    public struct Counts: Sendable, Equatable {
        public var runs: Int64 = 0
        public var variances: Int64 = 0
        public var datasets: Int64 = 0
        public var blobs: Int64 = 0
    }

    /// Opens a store for looking it over.
    ///
    /// - Parameters:
    ///   - path: the store.
    ///   - isMending: whether what can be put right without guessing is: runs whose process has died become killed, last
    ///     steps and latest values are set by the rows, indexes are built anew, and blobs that nothing uses go away.
    ///   - interruption: what ends the check.
    /// - Throws: ``StoreError`` and ``SQLiteError`` for a file that cannot be opened as a store.
    public init(path: String, isMending: Bool, interruption: Interruption = Interruption()) throws {
        let reading = try Store(path: path, for: .reading, interruption: interruption)
        // Whether it is as it should be is known to the version that wrote it.
        guard try reading.schema() <= Int64(Migration.all.count) else { throw Migration.ahead(path) }
        // Where they cannot be read the structure is damaged, which is reported.
        dead = (try? reading.deadRuns()) ?? []
        // Opening for writing puts into the table that they are killed.
        store = isMending ? try Store(path: path, for: .migrating, interruption: interruption) : reading
        self.isMending = isMending
        store.connection.patience.endsStatements = true
    }

    /// Looks at everything.
    ///
    /// - Throws: ``SQLiteError`` where looking is impossible for another reason than damage, and what `report` throws.
    public func execute(_ report: Report) throws {
        for run in dead.sorted() {
            var finding = Finding(.untidy, .runs, run: run, "it is recorded as running, but its process has ended")
            finding.isMended = isMending
            try report(finding)
        }
        try store.snapshot {
            isSound = try checkStructure(report)
            try look(at: .schema, report) { try checkSchema(report) }
            try look(at: .references, report) { try checkReferences(report) }
            try look(at: .digests, report) { try checkDigests(report) }
            try look(at: .runs, report) { try checkNumbers(report) }
            try look(at: .runs, report) { try checkMoments(report) }
            try look(at: .runs, report) { try checkRuns(report) }
        }
        try mend(report)
    }

    // MARK: Findings

    /// Whether the structure allows anything to be written.
    private var isSound = true
    /// What can be put right, with what does it.
    private var mendable: [(finding: Finding, mend: () throws -> Void)] = []

    /// Notes something that can be put right, once there is no view of the store open any more.
    ///
    /// What puts it right must not keep the check itself, which keeps it.
    func find(_ finding: Finding, mend: @escaping () throws -> Void) { mendable.append((finding, mend)) }

    /// Looks at one topic; pages that cannot be read and a schema that cannot be asked end it, and are a finding themselves.
    private func look(at topic: Finding.Topic, _ report: Report, _ look: () throws -> Void) throws {
        do {
            try look()
        } catch let error as SQLiteError where [.damaged, .unexpectedType, .other].contains(error.kind) {
            try report(Finding(.damage, topic, "looking further was impossible: \(error.message)"))
        } catch let error as StoreError {
            try report(Finding(.damage, topic, error.description))
        }
        try store.interruption.check()
    }

    private func mend(_ report: Report) throws {
        for (finding, mend) in mendable {
            var finding = finding
            if isMending, isSound {
                try mend()
                finding.isMended = true
            }
            try report(finding)
        }
    }
}
