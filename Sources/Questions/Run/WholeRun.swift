public import Storage

/// What `show` answers: one run whole.
public struct WholeRun: Sendable {
    public let answer: RunAnswer
    public let lifecycle: Lifecycle?
    public let tensors: [TensorSummary]
    /// The files that belong to it.
    public let artifacts: [Artifact]
    /// The members of the environment it was executed in.
    public let environment: Record?
    /// What was changed of it by hand, oldest first.
    public let edits: [Edit]
}

extension WholeRun {
    /// Reads a run, in one snapshot of the store.
    ///
    /// - Throws: `StoreError` for a RUN that is not there; `SQLiteError`.
    public init(_ word: String, in store: Store) throws {
        self = try store.snapshot {
            let run = try store.run(word)
            return WholeRun(
                answer: try RunAnswer(run, store),
                lifecycle: try store.lifecycle(of: run.number),
                tensors: try store.tensors(of: run.number),
                artifacts: try store.artifacts(of: run.number),
                environment: try Self.environment(of: run, in: store),
                edits: try store.edits(of: run.number)
            )
        }
    }

    /// The members of the environment that a run was executed in.
    static func environment(of run: Run, in store: Store) throws -> Record? {
        guard let text = run.environment else { return nil }
        guard case .object(let members) = try JSON(stored: text, in: store) else { return nil }
        return Record(members)
    }
}

extension WholeRun: Recordable {
    public var record: Record {
        var record = answer.record
        record.append("lifecycle", JSON(lifecycle?.rawValue))
        record.append("weights", JSON(tensors))
        record.append("environment", JSON(environment))
        if !artifacts.isEmpty { record.append("artifacts", JSON(artifacts)) }
        record.append("edits", .array(edits.map { .object($0.record.members.filter { $0.key != "run" }) }))
        return record
    }
}

extension TensorSummary: Recordable {
    public var record: Record {
        [
            "stage": .string(stage),
            "position": .integer(position),
            "name": .string(name),
            "shape": (try? JSON(parsing: shape)) ?? .string(shape),
            "dtype": .string(dtype),
            "bytes": .integer(size),
            "digest": .string(digest),
        ]
    }
}

extension Artifact: Recordable {
    public var record: Record {
        [
            "path": .string(path),
            "bytes": .integer(size),
            "mime": .string(mime),
            "digest": .string(digest),
            "updated": .integer(updated),
        ]
    }
}

extension Edit: Recordable {
    public var record: Record {
        [
            "run": .integer(run),
            "at": .integer(at),
            "field": .string(field),
            "old": JSON(old),
            "new": JSON(new),
        ]
    }
}
