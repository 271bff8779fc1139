import HummingbirdCore
import Questions
import Storage

extension Routes {
    /// The store as a whole.
    mutating func addStore() {
        get(
            "/api/v1/experiments",
            "The experiments, oldest first.",
            takes: [.deleted],
            gives: .list(of: .experiment)
        ) { call in
            let lifecycle = try call.lifecycle
            return try await call.ask { store in JSONList(try store.experiments(lifecycle)).response() }
        }
        get("/api/v1/layers", "The layers that were measured, by position.", gives: .list(of: .layer)) { call in
            try await call.ask { store in JSONList(try store.layers()).response() }
        }
        get("/api/v1/keys", "The keys of params, tags and metrics.", gives: .keys) { call in
            .json(
                try await call.ask { store in
                    func names(_ kind: RecordedName) throws -> JSON {
                        .array(try store.names(of: kind).map { .string($0) })
                    }
                    return [
                        "params": try names(.param), "tags": try names(.tag), "metrics": try names(.metric),
                        "architectures": .array(try store.architectures().map { .string($0) }),
                    ]
                }
            )
        }
        get("/api/v1/datasets", "The datasets, oldest first.", gives: .list(of: .dataset)) { call in
            try await call.ask { store in
                JSONList(try store.datasets().map { try DatasetAnswer($0, in: store) }).response()
            }
        }
        get("/api/v1/info", "Sizes and counts of the store.", takes: [.exact], gives: .info, isKept: false) { call in
            let isExact = try call.flag(.exact)
            return .json(try await call.ask { store in try store.summary(isExact: isExact).record.json })
        }
    }
}
