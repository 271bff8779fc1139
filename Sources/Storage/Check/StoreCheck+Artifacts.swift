extension StoreCheck {
    /// Holds artifacts against their content in both places; the bytes of blobs are compared with their digests with the others.
    func checkArtifacts(_ report: Report) throws {
        let list = try store.connection.prepare(PackageResources.listFalseArtifacts_sql)
        while try list.step() {
            let (run, path, fault): (Int64, String, String) = try list.row { ($0, $1, $2) }
            let line =
                switch fault {
                case "run": "there are artifacts of it but no such run: '\(path)'"
                case "bytes": "the bytes of its artifact '\(path)' are missing"
                default: "its artifact '\(path)' has another number of bytes than was recorded"
                }
            try report(Finding(.damage, .references, run: run, line))
        }
        let files = try store.connection.prepare(PackageResources.listArtifactFiles_sql)
        while try files.step() {
            let (digest, size, run): (String, Int64, Int64) = try files.row { ($0, $1, $2) }
            try checkFile(digest, size, of: run, report)
        }
        let folder = store.artifactFolder
        let left = try folder.abandonedFiles { try store.isFileUsed($0) }
        guard !left.isEmpty else { return }
        let line = "\(left.count == 1 ? "1 file" : "\(left.count) files") in \(folder.path) without an artifact"
        find(Finding(.untidy, .digests, line)) { [store] in _ = try store.removeAbandonedFiles() }
    }

    private func checkFile(_ digest: String, _ size: Int64, of run: Int64, _ report: Report) throws {
        let artifact = try store.artifacts(of: run).first { $0.digest == digest && $0.place == .file }
        let path = artifact?.path ?? ""
        do {
            guard let artifact else { return }
            var reader = try store.source(of: artifact).open()
            while try reader.next() != nil { try store.interruption.check() }
        } catch let error as StoreError {
            let line =
                switch error {
                case .missingArtifact(_, _, let file): "the file of its artifact '\(path)' is missing: \(file)"
                case .damagedArtifact(_, let what): "the file of its artifact '\(path)' \(what)"
                default: "the file of its artifact '\(path)' cannot be read: \(error)"
                }
            try report(Finding(.damage, .digests, run: run, line))
        }
    }
}
