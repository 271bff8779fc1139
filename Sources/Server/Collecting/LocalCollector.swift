import Storage

/// The store of this server, into which a large store comes in parts; for a thread that may wait.
struct LocalCollector: Collector {
    let store: Store
    let writer: Writer
    let time: Duration

    func known(runs: [String], hasLatest: Bool, digests: [String]) throws -> KnownContent {
        try store.snapshot { try store.known(runs: runs, hasLatest: hasLatest, digests: digests) }
    }

    func put(file: String, digest: String, size: Int64) throws {
        // It did not come with the store: whoever sends one sends its files before.
    }

    func merge(_ path: String) throws -> CollectedRuns {
        let interruption = Interruption(deadline: .now + time)
        return try waitForTask { [writer] in
            try await writer.writeAlone(interruption) { store in
                var collected = CollectedRuns()
                let part = try Store(path: path, for: .reading, interruption: interruption)
                collected.renamed = try store.merge(part, named: sentStore) { collected.runs.append($0) }
                return collected
            }
        }
    }
}

/// What errors call a store that came over the network.
let sentStore = "the store that was sent"

extension Store {
    /// What the store has of runs and of content.
    func known(runs: [String], hasLatest: Bool, digests: [String]) throws -> KnownContent {
        var known = KnownContent()
        var purges: [ExactText: PurgedRun]?
        for uuid in runs {
            if let state = try state(ofRun: uuid, hasLatest: hasLatest) {
                known.runs[ExactText(uuid)] = state
            } else {
                let all = try purges ?? self.purges()
                purges = all
                if let at = all[ExactText(uuid)] { known.purged[ExactText(uuid)] = at }
            }
        }
        known.digests = Set(try knownContent(of: digests).map { ExactText($0) })
        return known
    }
}
