import HTTPTypes
import HummingbirdCore
import Storage

/// What a picture of a few runs depends on: others may be recorded meanwhile, and it is still found again.
enum PictureMark {
    private static let mostRuns = 24

    /// A text that is another whenever a picture of the runs that are asked for could be another.
    ///
    /// - Returns: nil where that cannot be told from a few runs that have ended.
    static func text(of call: Call) async throws -> String? {
        let words = call.path.query.filter { $0.name == "run" }.map(\.value)
        let hasGroups = call.path.query.contains { $0.name == "group" }
        guard !words.isEmpty, words.count <= mostRuns, !hasGroups else { return nil }
        return try await call.ask { store in try text(of: words, in: store) }
    }

    private static func text(of words: [String], in store: Store) throws -> String? {
        var facts = Version.varve
        for word in words {
            guard let run = try? store.run(word), let ended = run.ended, run.status != .running else { return nil }
            facts += " \(run.uuid) \(ended) \(run.status.rawValue) \(run.steps) \(run.lastStep ?? -1) \(run.name ?? "")"
            facts += " \(run.architecture ?? "") \(run.seed ?? -1) \(try store.edits(of: run.number).count)"
        }
        return String(Digest.sha256(Array(facts.utf8)).prefix(32))
    }
}
