import Crypto

extension StoreCheck {
    /// Holds contents against the digests they are stored under.
    func checkDigests(_ report: Report) throws {
        try checkBlobs(report)
        try checkArtifacts(report)
        try checkDatasets(report)
        try checkWaitingMetrics(report)
        let texts = [
            ("environment", PackageResources.listEnvironments_sql),
            ("configuration", PackageResources.listConfigurations_sql),
        ]
        for (what, query) in texts {
            let statement = try store.connection.prepare(query)
            while try statement.step() {
                let (text, digest): (String, String) = (try statement.column(1), try statement.column(2))
                if Digest.sha256(text.utf8) == digest { continue }
                let number: Int64 = try statement.column(0)
                let message = "the \(what) does not have its digest any more"
                if what == "configuration" {
                    try report(Finding(.damage, .digests, run: number, message))
                } else {
                    try report(Finding(.damage, .digests, "\(message): \(digest)"))
                }
            }
        }
    }

    private func checkBlobs(_ report: Report) throws {
        let statement = try store.connection.prepare(PackageResources.listBlobs_sql)
        while try statement.step() {
            try store.interruption.check()
            counts.blobs += 1
            let digest: String = try statement.column(0)
            let found = statement.withBlob(at: 1) { bytes in
                var hash = SHA256()
                hash.update(bufferPointer: bytes)
                return Digest.hexadecimal(hash.finalize())
            }
            if found == digest { continue }
            let find = try store.connection.prepare(PackageResources.findTensorOfBlob_sql)
            try find.bind(digest)
            let owner = try find.first { (_: Int64) in "a tensor" } ?? "an artifact"
            try report(
                Finding(.damage, .digests, "the bytes of \(owner) do not have their digest any more: \(digest)")
            )
        }
        let unused = try store.connection.prepare(PackageResources.countUnusedBlobs_sql)
        guard let (count, size) = try unused.first(as: { (count: Int64, size: Int64) in (count, size) }), count > 0
        else { return }
        let (blobs, belong) = count == 1 ? ("1 blob", "belongs") : ("\(count) blobs", "belong")
        let line = "\(blobs) (\(size) bytes) \(belong) to no tensor and no artifact"
        find(Finding(.untidy, .digests, line)) { [store] in _ = try store.purgeBlobs() }
    }

    private func checkWaitingMetrics(_ report: Report) throws {
        var isWaiting = false
        try store.forEachWaitingBatch { _, run, rows in
            guard rows == nil else { return isWaiting = true }
            let line = "values of its metrics that wait to be put in place are not as they were recorded"
            try report(Finding(.damage, .digests, run: run, line))
        }
        guard isWaiting, store.isWaitingForMetrics else { return }
        let line = "the last values of metrics that a server recorded wait, and cannot be put in place now"
        try report(Finding(.untidy, .digests, line))
    }

    private func checkDatasets(_ report: Report) throws {
        // Those that are older than checksums have none.
        let sealed: Int64 = try store.connection.prepare(PackageResources.findChecksumsBegin_sql).only()
        for record in try store.datasets() {
            counts.datasets += 1
            let checksums = try store.datasetChecksums(record.id)
            if let stored = checksums.stored, stored != checksums.computed {
                let line = "the row of dataset '\(record.name)' does not have its checksum any more"
                try report(Finding(.damage, .digests, line))
            } else if checksums.stored == nil, record.created >= sealed {
                let line = "the checksum of the row of dataset '\(record.name)' is missing"
                try report(Finding(.damage, .digests, line))
            }
            do {
                _ = try store.content(of: record)
            } catch let error as StoreError {
                try report(Finding(.damage, .digests, error.description))
            }
        }
    }
}
