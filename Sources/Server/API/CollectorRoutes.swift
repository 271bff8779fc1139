import HTTPTypes
import HummingbirdCore
import Questions
import Storage

extension Routes {
    /// What `varve push` speaks to.
    mutating func addCollector() {
        post(
            "/api/v1/merge/known",
            "What the store has of runs, by their uuids, and of content, by digests: for whoever has more of it to send.",
            takesBody: .knownQuestion,
            gives: .knownAnswer,
            known
        )
        add(
            Route(
                method: .put,
                path: "/api/v1/merge",
                summary: "Merges a store, as varve merge does, and gives what became of its runs.",
                gives: .mergedRuns,
                takesBody: .store,
                answer: merge
            )
        )
        add(
            Route(
                method: .put,
                path: "/api/v1/artifacts/{digest}",
                summary: "Keeps the content of an artifact, by its SHA-256, for a store that is merged afterwards.",
                gives: .content,
                takesBody: .file,
                answer: keepContent
            )
        )
    }
}

/// How many runs, and how many digests, are asked for at a time.
private let (mostRuns, mostDigests) = (1000, 20_000)

private func known(_ call: Call) async throws -> Response {
    guard case .object(let members) = try await call.json() else {
        throw Problem(.badRequest, "the body is a JSON object with runs, latest or digests")
    }
    var (runs, digests, hasLatest): ([String], [String], Bool) = ([], [], false)
    for member in members {
        switch (member.key, member.value) {
        case ("runs", .array(let items)): runs = try names(items, count: 32, atMost: mostRuns, of: "runs")
        case ("digests", .array(let items)): digests = try names(items, count: 64, atMost: mostDigests, of: "digests")
        case ("latest", .bool(let flag)): hasLatest = flag
        default:
            throw Problem(
                .badRequest,
                "'\(member.key.prefix(60))' is not known so: there are runs (uuids), digests, and latest (true or false)"
            )
        }
    }
    let question = (runs, digests, hasLatest)
    let known = try await call.ask { store in
        try store.known(runs: question.0, hasLatest: question.2, digests: question.1)
    }
    return .json(
        [
            "runs": JSON(question.0.compactMap { known.runs[ExactText($0)] }),
            "purged": .array(
                known.purged.sorted { $0.key < $1.key }.map { uuid, purge in
                    ["uuid": .string(uuid.text), "run": .integer(purge.run), "purged": .integer(purge.purged)]
                }
            ),
            "digests": .array(known.digests.sorted().map { .string($0.text) }),
        ]
    )
}

/// Reads hexadecimal names.
private func names(_ items: [JSON], count: Int, atMost limit: Int, of member: String) throws(Problem) -> [String] {
    guard items.count <= limit else { throw Problem(.badRequest, "\(member) has more than \(limit) items") }
    var names: [String] = []
    for item in items {
        guard case .string(let name) = item, Digest.isHexadecimal(name, count: count) else {
            throw Problem(.badRequest, "\(member) is a list of texts of \(count) hexadecimal digits")
        }
        names.append(name)
    }
    return names
}

private func keepContent(_ call: Call) async throws -> Response {
    let digest = call.word("digest")
    guard Digest.isHexadecimal(digest, count: 64) else {
        throw Problem(.badRequest, "the address ends in a SHA-256 of 64 hexadecimal digits")
    }
    // Refused before anything is received.
    guard let writer = call.application.writer else { return try await call.change { _ in .json(.null) } }
    let content = try await call.received()
    guard content.digest == digest else {
        throw Problem(.unprocessableContent, "the content has the SHA-256 \(content.digest)")
    }
    let store = call.application.settings.store
    try await call.application.files.run { _ in try content.keep(for: store) }
    try await writer.write { store in try store.keep(content) }
    return .json(["digest": .string(digest), "bytes": .integer(content.size)])
}

private func merge(_ call: Call) async throws -> Response {
    guard let writer = call.application.writer else { return try await call.change { _ in .json(.null) } }
    let incoming = try await call.receivedStore()
    let settings = call.application.settings
    do {
        let collected = try await call.application.merges.run(Interruption(deadline: .now + settings.mergeTime)) { _ in
            let reader = try Store(path: settings.store, for: .reading)
            let collector = LocalCollector(store: reader, writer: writer, time: settings.mergeTime)
            return try collector.take(incoming)
        }
        return .json(
            [
                "runs": .array(collected.runs.map { $0.record.json }),
                "datasets": .array(
                    collected.renamed.map { ["name": .string($0.name), "new_name": .string($0.newName)] }
                ),
            ]
        )
    } catch let error as StoreError where error.isOfSource(incoming.path) {
        throw Problem(.unprocessableContent, error.named(incoming.path))
    } catch let error as SQLiteError where error.isOfSource(incoming.path) {
        throw Problem(.unprocessableContent, "\(sentStore) is damaged: \(error.message)")
    }
}

extension LocalCollector {
    /// Merges a store that came as a whole: at once where it is small, else in parts, so that nobody waits for all of it.
    fileprivate func take(_ incoming: TemporaryFile) throws -> CollectedRuns {
        let interruption = Interruption(deadline: .now + time)
        do {
            _ = try Store(path: incoming.path, for: .reading, interruption: interruption)
        } catch StoreError.olderSchema {}
        // Brought up to date, and refused where anything of it is not ours.
        _ = try Store(path: incoming.path, for: .migrating, interruption: interruption)
        let source = try Store(path: incoming.path, for: .reading)
        guard try source.isLarge else { return try merge(incoming.path) }
        var results: [ExactText: MergedRun] = [:]
        var collected = CollectedRuns()
        let pusher = Pusher(source, to: self, in: incoming.path) { event in
            switch event {
            case .run(let run): results[ExactText(run.uuid)] = run
            case .renamed(let dataset): collected.renamed.append(dataset)
            case .trouble: break
            }
        }
        try pusher.push()
        // What no run belongs to, and whatever was refused for a reason that is to be told.
        let rest = try merge(incoming.path)
        collected.renamed += rest.renamed
        collected.runs = rest.runs.map { run in
            guard run.outcome == .present || run.outcome == .updated, let first = results[ExactText(run.uuid)] else {
                return run
            }
            return first
        }
        return collected
    }
}

extension Store {
    /// Whether a store has more rows than are merged at once.
    fileprivate var isLarge: Bool {
        get throws {
            var (rows, last) = (0, Int64.min)
            while true {
                let states = try states(ofRunsAfter: last, count: 500)
                guard let end = states.last else { return false }
                last = end.number
                for state in states {
                    rows += try newRows(of: state.number, behind: nil, limit: Pusher.rowLimit + 1)
                    if rows > Pusher.rowLimit { return true }
                }
            }
        }
    }
}

extension StoreError {
    /// Whether it is about a store that was sent, and not about the one it goes into.
    fileprivate func isOfSource(_ path: String) -> Bool {
        switch self {
        case .damagedSource, .impossibleMoment, .noNumberLeft: true
        default: "\(self)".contains(path)
        }
    }

    fileprivate func named(_ path: String) -> String {
        "\(self)".split(separator: path, omittingEmptySubsequences: false).joined(separator: sentStore)
    }
}

extension SQLiteError {
    fileprivate func isOfSource(_ path: String) -> Bool {
        [.damaged, .unexpectedType, .constraint].contains(kind) || self.path?.contains(path) == true
    }
}
