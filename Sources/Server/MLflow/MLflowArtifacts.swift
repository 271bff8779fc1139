import HTTPTypes
import HummingbirdCore
import NIOCore
import Storage

extension Routes {
    mutating func addMLflowArtifacts() {
        mlflow(.get, "/artifacts/list", "The files of a run.", listFilesOfRun)
        for prefix in MLflowAPI.prefixes {
            let root = "\(prefix)/2.0/mlflow-artifacts/artifacts"
            addMLflow(.get, root, "The files in a folder.", listFiles)
            addMLflow(.get, root + "/{path...}", "A file.", downloadFile)
            addMLflow(.put, root + "/{path...}", "Puts a file there.", uploadFile)
            addMLflow(.delete, root + "/{path...}", "Removes a file or a folder.", removeFiles)
            let parts = "\(prefix)/2.0/mlflow-artifacts/mpu/{step}/{path...}"
            addMLflow(.post, parts, "Files come in one part.", refuseParts)
        }
        addMLflow(.get, "/get-artifact", "A file of a run.", downloadFileOfRun)
        addMLflow(.get, "/model-versions/get-artifact", "There are no model versions.", refuseVersion)
        addMLflow(.post, "/ajax-api/2.0/mlflow/upload-artifact", "Puts a file into a run.", uploadFileToRun)
    }
}

/// Where the files of a run or of a model are, as MLflow's client calls it.
struct ArtifactPlace: Sendable {
    /// The number of the run; `Artifact.noRun` for a model without one.
    let run: Int64
    /// The run's uuid; nil for a model without a run.
    let uuid: String?
    /// The folder of the run's artifacts in which they are; nil for all of them.
    let folder: ArtifactPath?
    /// The folders of the models that a run logged, which are not told among its files.
    let models: [ArtifactPath]

    /// A path in the place; nil for all of it.
    func path(_ text: String?) throws(StoreError) -> ArtifactPath? {
        let text = text ?? ""
        guard !text.parts(between: "/").allSatisfy({ $0.isEmpty || $0.isExactly(".") }) else {
            if text.hasPrefix("/") { return try ArtifactPath(text) }
            return folder
        }
        let path = try ArtifactPath(text)
        return try folder.map { folder throws(StoreError) in try ArtifactPath(folder.text + "/" + path.text) } ?? path
    }

    init(_ run: RemoteRun, in store: Store) throws {
        self.run = run.number
        uuid = run.uuid
        folder = nil
        models = try store.modelFolders(of: run.number)
    }

    init(_ model: LoggedModel) throws(StoreError) {
        run = model.artifactRun
        uuid = model.runUUID
        folder = try ArtifactPath(model.folder)
        models = []
    }

    /// Reads `EXPERIMENT/RUN/artifacts/…` and `EXPERIMENT/models/MODEL/artifacts/…`.
    ///
    /// - Returns: the place, and what stands behind it.
    static func find(_ text: String, in store: Store) throws -> (place: ArtifactPlace, rest: String) {
        _ = try ArtifactPath(text)
        var words = text.parts(between: "/").filter { !$0.isEmpty && !$0.isExactly(".") }[...]
        func take() -> String { words.popFirst() ?? "" }
        guard Int64(take()) != nil else { throw MLflowError(.missing, "There are no artifacts at '\(text)'") }
        let owner = take()
        let place: ArtifactPlace
        if owner == "models" {
            let id = take()
            guard let model = try store.model(id) else { throw MLflowError.noModel(id) }
            place = try ArtifactPlace(model)
        } else {
            guard let run = try store.remoteRun(owner) else { throw MLflowError.noRun(owner) }
            place = try ArtifactPlace(run, in: store)
        }
        guard take() == "artifacts" else { throw MLflowError(.missing, "There are no artifacts at '\(text)'") }
        return (place, words.joined(separator: "/"))
    }

    /// What lies directly in a folder: files, and folders with what is in them summed up.
    ///
    /// - Parameters:
    ///   - text: the folder; nil for all of it.
    ///   - prefix: what stands before the names.
    ///   - store: where to look.
    /// - Returns: each with its name, as MLflow tells it.
    /// - Throws: `StoreError` for a path that is none; `SQLiteError`.
    func list(_ text: String?, prefix: String, in store: Store) throws -> [JSON] {
        let folder = try path(text)
        let start = folder.map { $0.text.utf8.count + 1 } ?? 0
        var files: [JSON] = []
        var folders: Set<ExactText> = []
        let artifacts = try folder.map { try store.artifacts(of: run, in: $0) } ?? store.artifacts(of: run)
        for artifact in artifacts where !models.contains(where: { artifact.path.behind($0.text + "/") != nil }) {
            let rest = String(decoding: artifact.path.utf8.dropFirst(start), as: UTF8.self)
            let name = rest.parts(between: "/", atMost: 2)[0]
            if name.utf8.count == rest.utf8.count {
                files.append([
                    "path": .string(prefix + name), "is_dir": .bool(false), "file_size": .integer(artifact.size),
                ])
            } else if folders.insert(ExactText(name)).inserted {
                files.append(["path": .string(prefix + name), "is_dir": .bool(true)])
            }
        }
        return files
    }
}

private func listFiles(_ call: Call) async throws -> Response {
    let path = try await call.mlflowRequest().text("path") ?? ""
    let files = try await call.ask { store in
        let (place, rest) = try ArtifactPlace.find(path, in: store)
        return try place.list(rest, prefix: "", in: store)
    }
    return .json(.fields(("files", .array(files))))
}

private func listFilesOfRun(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let uuid = try request.runID()
    let path = try request.text("path").flatMap { $0.isEmpty ? nil : $0 }
    let (files, root) = try await call.ask { store in
        if let path { _ = try ArtifactPath(path == "." ? "x" : path) }
        guard let run = try store.remoteRun(uuid) else { throw MLflowError.noRun(uuid) }
        let prefix = try path.map { $0 == "." ? "" : try ArtifactPath($0).text + "/" } ?? ""
        return (
            try ArtifactPlace(run, in: store).list(path, prefix: prefix, in: store), MLflowRun.artifactURI(run)
        )
    }
    return .json(.fields(("root_uri", .string(root)), ("files", .array(files))))
}

// MARK: Files out

private func downloadFile(_ call: Call) async throws -> Response {
    let path = call.word("path")
    return try await call.file { store in
        let (place, rest) = try ArtifactPlace.find(path, in: store)
        return try place.source(rest, in: store)
    }
}

private func downloadFileOfRun(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    let uuid = try request.runID()
    let path = try request.required("path")
    return try await call.file { store in
        _ = try ArtifactPath(path)
        guard let run = try store.remoteRun(uuid) else { throw MLflowError.noRun(uuid) }
        return try ArtifactPlace(run, in: store).source(path, in: store)
    }
}

extension ArtifactPlace {
    /// Where the content of a file is.
    func source(_ text: String, in store: Store) throws -> ArtifactSource {
        guard let path = try path(text), let artifact = try store.artifact(of: run, at: path.text) else {
            throw MLflowError(.missing, "No such artifact: '\(text)'")
        }
        return try store.source(of: artifact)
    }
}

private func refuseVersion(_ call: Call) async throws -> Response {
    let request = try await call.mlflowRequest()
    _ = try ArtifactPath(try request.required("path"))
    throw MLflowError(.missing, "There is no model registry here")
}

// MARK: Files in

/// Says it in the words by which the client knows to send the file in one part.
private func refuseParts(_ call: Call) async throws -> Response {
    await call.discardBody()
    throw MLflowError(
        .notImplemented,
        "Multipart upload is not supported for the current artifact repository"
    )
}

private func uploadFile(_ call: Call) async throws -> Response {
    let path = call.word("path")
    let place = try await call.ask { store in try ArtifactPlace.find(path, in: store) }
    guard let target = try place.place.path(place.rest), !place.rest.isEmpty else {
        throw MLflowError.invalid("Invalid path")
    }
    try await call.put(at: target, in: place.place)
    return .json(.object([]))
}

/// The largest file that is put by MLflow's page, in bytes.
private let largestUpload = 10 << 20

private func uploadFileToRun(_ call: Call) async throws -> Response {
    let request = MLflowRequest(call.path.query)
    guard let uuid = try request.text("run_uuid"), !uuid.isEmpty else {
        throw MLflowError.invalid("Request must specify run_uuid.")
    }
    guard let path = try request.text("path"), !path.isEmpty else {
        throw MLflowError.invalid("Request must specify path.")
    }
    let target = try ArtifactPath(path)
    let bytes: [UInt8]
    do {
        bytes = try await call.body(atMost: largestUpload)
    } catch let problem as Problem where problem.status == .contentTooLarge {
        await call.discardBody()
        var error = MLflowError.invalid("Artifact size is too large. Max size is \(largestUpload >> 20)MB.")
        error.headers = problem.headers
        throw error
    }
    guard !bytes.isEmpty else { throw MLflowError.invalid("Request must specify data.") }
    try await call.change(run: uuid) { store in
        guard let run = try store.remoteRun(uuid) else { throw MLflowError.noRun(uuid) }
        try store.putArtifact(.content(bytes, for: store.path), of: run.number, at: target.text)
    }
    return .json(.object([]))
}

private func removeFiles(_ call: Call) async throws -> Response {
    let path = call.word("path")
    let (place, rest) = try await call.ask { store in try ArtifactPlace.find(path, in: store) }
    let target = try place.path(rest)
    guard let writer = call.application.writer else { _ = try await call.change { _ in }; return .json(.object([])) }
    // The files may only go when it is certain that their rows have.
    let removed = try await writer.write(isDurable: true) { store in
        try store.removeArtifacts(of: place.run, at: target)
    }
    if !removed.files.isEmpty {
        try await writer.write { store in _ = try store.removeUnusedFiles(removed.files) }
    }
    return .json(.object([]))
}
