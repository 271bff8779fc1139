import HummingbirdCore
import Storage

extension Routes {
    /// Whether the server is there.
    mutating func addHealth() {
        get("/health", "Whether the store answers.", gives: .health, isOpen: true, health)
    }
}

private func health(_ call: Call) async throws -> Response {
    _ = try await call.application.pool.ask { store in try store.schema() }
    return .json(["status": "ok"])
}
