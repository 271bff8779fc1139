import HTTPTypes
import HummingbirdCore
import Questions
import Storage

extension Routes {
    /// What can be changed of runs.
    mutating func addChanges() {
        add(
            Route(
                method: .patch,
                path: "/api/v1/runs/{run}",
                summary: "Changes tags, note, name or experiment of a run, all or none, and gives the run.",
                gives: .wholeRun,
                takesBody: .runChange
            ) { call in
                let word = call.word("run")
                let change = try RunChange(try await call.json())
                return .json(
                    try await call.change { store in
                        try change.apply(to: store.run(word).number, in: store)
                        return try WholeRun(word, in: store).record.json
                    }
                )
            }
        )
        add(
            Route(
                method: .delete,
                path: "/api/v1/runs/{run}",
                summary: "Deletes a run softly, and gives what changed.",
                parameters: [.force],
                gives: .list(of: .changedRun)
            ) { call in
                let isForced = try call.flag(.force)
                return try await changed(call, to: .deleted) { store, run in try store.delete([run], isForced: isForced)
                }
            }
        )
        add(
            Route(
                method: .post,
                path: "/api/v1/runs/{run}/restore",
                summary: "Brings a deleted run back, and gives what changed.",
                gives: .list(of: .changedRun)
            ) { call in try await changed(call, to: .active) { store, run in try store.restore([run]) } }
        )
    }
}

private func changed(
    _ call: Call,
    to lifecycle: Lifecycle,
    _ change: @escaping @Sendable (Store, Int64) throws -> [Int64]
) async throws -> Response {
    let word = call.word("run")
    return try await call.change { store in
        var list = JSONList()
        for number in try change(store, store.run(word).number) {
            if let run = try store.run(number: number) { list.append(run.record(lifecycle).json) }
        }
        return list.response()
    }
}

/// What is to be changed of a run: `{"tags": {"best": "yes", "draft": null}, "note": "…", "name": "…", "experiment": "…"}`.
struct RunChange: Sendable {
    private var tags: [(key: String, value: String)] = []
    private var removed: [String] = []
    private var edit = RunEdit()

    /// Reads the body of a request.
    ///
    /// - Throws: ``Problem`` that names the member that cannot be.
    init(_ json: JSON) throws(Problem) {
        guard case .object(let members) = json, !members.isEmpty else {
            throw Problem(.badRequest, "the body is a JSON object with tags, note, name or experiment")
        }
        for member in members {
            switch (member.key, member.value) {
            case ("tags", .object(let tags)):
                for tag in tags { try set(tag.key, tag.value) }
            case ("note", let value): try set("note", value)
            case ("name", .string(let name)): edit.name = name
            case ("name", .null): edit.name = ""
            case ("experiment", .string(let name)): edit.experiment = name
            default:
                throw Problem(
                    .badRequest,
                    "'\(member.key.prefix(60))' cannot be changed so: there are tags (an object of texts, null to remove), note, "
                        + "name and experiment"
                )
            }
        }
    }

    private mutating func set(_ key: String, _ value: JSON) throws(Problem) {
        switch value {
        case .string(let text): tags.append((key, text))
        case .null: removed.append(key)
        case .integer, .real, .bool: tags.append((key, value.text))
        case .array, .object: throw Problem(.badRequest, "the tag '\(key.prefix(60))' is a text, or null to remove it")
        }
    }

    /// Changes a run, in the transaction that is open.
    func apply(to run: Int64, in store: Store) throws {
        if edit.name != nil || edit.experiment != nil { _ = try store.edit([run], edit) }
        if !tags.isEmpty || !removed.isEmpty { try store.tag([run], with: tags, removing: removed) }
    }
}
