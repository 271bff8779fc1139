import HTTPTypes
import HummingbirdCore
import Questions
import Storage

extension Routes {
    /// Files that belong to runs.
    mutating func addArtifacts() {
        get(
            "/api/v1/runs/{run}/artifacts",
            "The files that belong to a run.",
            gives: .list(of: .artifact),
            listArtifacts
        )
        get(
            "/api/v1/runs/{run}/artifacts/{path...}",
            "A file of a run.",
            gives: Schema(json: ["type": "string", "format": "binary"], type: "application/octet-stream"),
            isKept: false,
            showArtifact
        )
    }
}

private func listArtifacts(_ call: Call) async throws -> Response {
    let word = call.word("run")
    return try await call.ask { store in JSONList(try store.artifacts(of: store.run(word).number)).response() }
}

private func showArtifact(_ call: Call) async throws -> Response {
    let (word, path) = (call.word("run"), call.word("path"))
    return try await call.file { store in
        try store.source(of: store.existingArtifact(of: store.run(word).number, at: path))
    }
}
