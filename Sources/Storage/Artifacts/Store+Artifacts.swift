import Glibc

extension Store {
    /// Where artifacts lie that are too large for the store itself.
    var artifactFolder: ArtifactFolder { ArtifactFolder(of: artifactPlace ?? file, asPrivateAs: file) }

    /// Puts a file into a run, in the place of an earlier one of the same path.
    ///
    /// - Parameters:
    ///   - content: what it holds.
    ///   - run: the number of the run, which may have ended.
    ///   - path: where it is to be in the run, as `plots/loss.png`; see ``ArtifactPath``.
    ///   - mime: what it is; told by the name unless given.
    /// - Returns: the artifact.
    /// - Throws: ``StoreError`` for a path that is none or leads through another artifact, when the run is gone or deleted,
    ///   or the disk does not take the content; ``SQLiteError``.
    @discardableResult
    public func putArtifact(
        _ content: ArtifactContent,
        of run: Int64,
        at path: String,
        mime: String? = nil
    ) throws -> Artifact {
        let path = try ArtifactPath(path)
        return try connection.transaction {
            switch try lifecycle(of: run) {
            case nil: throw StoreError.runGone(number: run, path: self.path)
            case .deleted?: throw StoreError.runIsDeleted(number: run)
            case .active?: break
            }
            let artifact = try put(content, of: run, at: path, mime)
            try noteChange(of: [run])
            return artifact
        }
    }

    /// Puts a file into a run or, with ``Artifact/noRun``, into a logged model, in the transaction that is open.
    func put(_ content: ArtifactContent, of run: Int64, at path: ArtifactPath, _ mime: String?) throws -> Artifact {
        for folder in path.folders where try artifact(of: run, at: folder.text) != nil {
            throw StoreError.artifactInTheWay(folder.text)
        }
        guard try artifacts(of: run, in: path).isEmpty else { throw StoreError.artifactInTheWay(path.text) }
        if let file = content.file {
            try artifactFolder.keep(file.path, as: content.digest, size: content.size)
        } else {
            let insert = try connection.prepare(PackageResources.insertBlob_sql)
            try insert.bind(.text(content.digest), at: 0)
            try insert.bind(.blob(content.bytes), at: 1)
            try insert.run()
        }
        let artifact = Artifact(
            run: run,
            path: path.text,
            digest: content.digest,
            size: content.size,
            mime: mime ?? Artifact.mime(ofFile: path.name),
            place: content.place,
            updated: Moment.now
        )
        try connection.prepare(PackageResources.insertArtifact_sql).run(
            run,
            artifact.path,
            artifact.digest,
            artifact.size,
            artifact.mime,
            artifact.place,
            artifact.updated
        )
        return artifact
    }

    /// The files of a run, by path.
    public func artifacts(of run: Int64) throws(SQLiteError) -> [Artifact] {
        let list = try connection.prepare(PackageResources.listArtifacts_sql)
        try list.bind(run)
        return try list.rows(as: Artifact.init)
    }

    /// The files in a folder of a run and the folders in it, by path.
    public func artifacts(of run: Int64, in folder: ArtifactPath) throws(SQLiteError) -> [Artifact] {
        let list = try connection.prepare(PackageResources.listArtifactsBetween_sql)
        let bounds = ArtifactPath.bounds(of: folder)
        try list.bind(run, bounds.from, bounds.before)
        return try list.rows(as: Artifact.init)
    }

    /// The file of a path in a run; nil where there is none.
    ///
    /// - Throws: ``StoreError`` for a path that is none; ``SQLiteError``.
    public func artifact(of run: Int64, at path: String) throws -> Artifact? {
        let find = try connection.prepare(PackageResources.findArtifact_sql)
        try find.bind(run, ArtifactPath(path).text)
        return try find.first(as: Artifact.init)
    }

    /// The file of a path in a run, which has to be there.
    ///
    /// - Returns: the file.
    /// - Throws: ``StoreError``, `noArtifact` where there is none; ``SQLiteError``.
    public func existingArtifact(of run: Int64, at path: String) throws -> Artifact {
        guard let artifact = try artifact(of: run, at: path) else { throw StoreError.noArtifact(run: run, path: path) }
        return artifact
    }

    /// Where the content of an artifact is, to be read also when the store is closed.
    ///
    /// - Returns: the content where it lies in the store, else where its file is.
    /// - Throws: ``StoreError`` where the bytes are missing or changed; ``SQLiteError``.
    public func source(of artifact: Artifact) throws -> ArtifactSource {
        guard artifact.place == .blob else {
            guard let file = artifactFolder.place(of: artifact.digest) else {
                throw StoreError.damagedArtifact(path: artifact.path, what: "has a digest that is none")
            }
            return ArtifactSource(artifact: artifact, content: .file(file))
        }
        let find = try connection.prepare(PackageResources.findBlob_sql)
        try find.bind(artifact.digest)
        guard let bytes = try find.first(as: { (bytes: [UInt8]) in bytes }) else {
            throw StoreError.damagedArtifact(path: artifact.path, what: "is missing")
        }
        guard Digest.sha256(bytes) == artifact.digest else {
            throw StoreError.damagedArtifact(path: artifact.path, what: "does not have its digest")
        }
        return ArtifactSource(artifact: artifact, content: .bytes(bytes))
    }

    /// Writes the content of an artifact into a file, which is complete or not there.
    ///
    /// What is there and is a device or a pipe is written to directly.
    ///
    /// - Parameters:
    ///   - artifact: the artifact.
    ///   - place: the path of the file.
    ///   - isReplacing: whether a file that is there already gives way; a database never does.
    /// - Throws: ``StoreError``, also where the content is not what was recorded; ``SQLiteError``.
    public func export(_ artifact: Artifact, to place: String, isReplacing: Bool) throws {
        var reader = try source(of: artifact).open()
        if let descriptor = try PendingFile.openStream(place) {
            defer { close(descriptor) }
            while let part = try reader.next() { try PendingFile.write(part, to: descriptor, of: place) }
            return
        }
        let pending = try PendingFile(at: place, as: .artifact, from: file, isReplacing: isReplacing)
        while let part = try reader.next() {
            try interruption.check()
            try PendingFile.write(part, to: pending.descriptor, of: place)
        }
        _ = try pending.complete(isReplacing: isReplacing)
    }

    // MARK: Taking away

    /// What became of artifacts that were to go.
    public struct RemovedArtifacts: Sendable {
        /// How many there were.
        public let count: Int
        /// The digests of those whose content lies in files, for ``Store/removeUnusedFiles(_:)``.
        public let files: [String]
    }

    /// Takes a file out of a run, or a folder with everything in it.
    ///
    /// The bytes stay until they are purged, and the files until ``removeUnusedFiles(_:)``, which is for afterwards: a file
    /// must not go before it is certain that its row has.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - path: the path of the file or the folder; nil for everything.
    /// - Returns: what was there.
    /// - Throws: ``StoreError`` for a path that is none; ``SQLiteError``.
    public func removeArtifacts(of run: Int64, at path: ArtifactPath?) throws -> RemovedArtifacts {
        try connection.transaction {
            var found = try path.map { try artifacts(of: run, in: $0) } ?? artifacts(of: run)
            if let path {
                if let file = try artifact(of: run, at: path.text) { found.append(file) }
                try connection.prepare(PackageResources.deleteArtifact_sql).run(run, path.text)
            }
            let bounds = ArtifactPath.bounds(of: path)
            try connection.prepare(PackageResources.deleteArtifactsBetween_sql).run(run, bounds.from, bounds.before)
            if !found.isEmpty { try noteChange(of: [run]) }
            return RemovedArtifacts(count: found.count, files: found.filter { $0.place == .file }.map(\.digest))
        }
    }

    /// Removes files of artifacts that no run has any more.
    ///
    /// - Parameter digests: the digests of those that may go.
    /// - Returns: how many bytes went.
    /// - Throws: ``SQLiteError``.
    @discardableResult
    public func removeUnusedFiles(_ digests: [String]) throws -> Int64 {
        guard !digests.isEmpty else { return 0 }
        // Nobody can come to need one meanwhile.
        return try connection.transaction {
            try digests.reduce(0) { try isFileUsed($1) ? $0 : $0 + artifactFolder.remove($1) }
        }
    }

    /// Whether an artifact lies in the file of a digest.
    func isFileUsed(_ digest: String) throws(SQLiteError) -> Bool {
        let find = try connection.prepare(PackageResources.findArtifactFile_sql)
        try find.bind(digest)
        return try find.first { (_: Int64) in true } ?? false
    }
}
