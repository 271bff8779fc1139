extension Merge {
    /// Copies the files of artifacts that are not here, compared with their digests.
    func copyFiles() throws {
        let (here, there) = (store.artifactFolder, source.artifactFolder)
        let list = try store.connection.prepare(PackageResources.listMergeFiles_sql)
        try list.bind(runs == nil)
        while try list.step() {
            try store.interruption.check()
            let (digest, size): (String, Int64) = (try list.column(0), try list.column(1))
            if here.size(of: digest) == size { continue }
            do {
                try there.copy(digest, size: size, to: here, interruption: store.interruption)
            } catch let error as StoreError {
                switch error {
                case .missingArtifact(_, _, let file):
                    throw StoreError.damagedSource(name: name, what: "a file of an artifact is missing: \(file)")
                case .damagedArtifact:
                    throw StoreError.damagedSource(name: name, what: "a file of an artifact is damaged: \(digest)")
                default: throw error
                }
            }
        }
    }
}

extension ArtifactFolder {
    /// Copies a file into another folder, where it is on the disk when this returns.
    ///
    /// - Throws: ``StoreError/missingArtifact(run:path:file:)``, ``StoreError/damagedArtifact(path:what:)``; ``StoreError``
    ///   where it cannot be read or written; ``SQLiteError`` after an ``Interruption``.
    func copy(_ digest: String, size: Int64, to other: ArtifactFolder, interruption: Interruption) throws {
        let artifact = Artifact(
            run: Artifact.noRun,
            path: digest,
            digest: digest,
            size: size,
            mime: "",
            place: .file,
            updated: 0
        )
        guard let file = place(of: digest) else {
            throw StoreError.damagedArtifact(path: digest, what: "has a digest that is none")
        }
        var reader = try ArtifactSource(artifact: artifact, content: .file(file)).open()
        var upload = ArtifactUpload(into: other)
        while let part = try reader.next() {
            try interruption.check()
            try upload.append(part.span)
        }
        let content = try upload.finish()
        guard let copy = content.file else { return }
        try other.keep(copy.path, as: digest, size: size)
    }
}
