public import Storage

/// Brings the runs of a store to a collector: those that it has not, and of the others what is new.
///
/// The collector says what it has; what it lacks goes to it as small stores, which a merge takes. Nothing is kept between two
/// times: whatever was interrupted, anywhere, goes on from what the collector has by then.
public final class Pusher {
    /// What is told while runs are brought.
    public enum Event {
        /// What became of a run.
        case run(MergedRun)
        /// A dataset got another name there.
        case renamed(RenamedDataset)
        /// A run, by its number, could not be brought.
        case trouble(Int64, any Error)
    }

    /// How many rows a small store has at most, so that the collector is not held up.
    public static let rowLimit = 65_536
    /// How much content, in bytes, unless it belongs to a single run.
    private static let byteLimit: Int64 = 32 << 20
    /// How many runs the collector is asked for at a time, shortly and with everything.
    private static let (asked, examined) = (500, 100)

    private let store: Store
    private let collector: any Collector
    private let place: String
    private let tell: (Event) throws -> Void
    /// The runs that the collector has as they were then, for the next time.
    private var settled: [ExactText: RunState] = [:]
    /// The content that the collector has.
    private var present: Set<ExactText> = []

    /// Prepares to bring runs.
    ///
    /// - Parameters:
    ///   - store: where they are, opened for reading.
    ///   - collector: what takes them.
    ///   - place: beside what the small stores are made.
    ///   - tell: takes what happens.
    public init(
        _ store: Store,
        to collector: any Collector,
        in place: String,
        _ tell: @escaping (Event) throws -> Void
    ) {
        self.store = store
        self.collector = collector
        self.place = place
        self.tell = tell
    }

    /// Brings what is new.
    ///
    /// Asked again, it passes over the runs that have not changed since.
    ///
    /// - Throws: ``CollectorError``; `StoreError`; `SQLiteError`; what `tell` throws.
    public func push() throws {
        var last = Int64.min
        while true {
            try store.interruption.check()
            let states = try store.states(ofRunsAfter: last, count: Self.asked)
            guard let end = states.last else { return }
            last = end.number
            try push(states.filter { settled[ExactText($0.uuid)] != $0 })
        }
    }

    private func push(_ all: [RunState]) throws {
        let states = all.filter { Digest.isHexadecimal($0.uuid, count: 32) }
        for state in all where !Digest.isHexadecimal(state.uuid, count: 32) {
            let what = "run \(state.number) has no valid uuid: '\(state.uuid.prefix(40))'"
            try tell(.trouble(state.number, StoreError.damagedSource(name: store.path, what: what)))
        }
        guard !states.isEmpty else { return }
        let known = try collector.known(runs: states.map(\.uuid), hasLatest: false, digests: [])
        var news: [RunState] = []
        for state in states {
            if let there = known.runs[ExactText(state.uuid)] {
                if there.isSame(as: state) { try end(state, as: .present, there.number) } else { news.append(state) }
            } else if let purge = known.purged[ExactText(state.uuid)], purge.purged >= state.updated ?? 0 {
                try end(state, as: .purged, purge.run)
            } else {
                news.append(state)
            }
        }
        for start in stride(from: 0, to: news.count, by: Self.examined) {
            try examine(Array(news[start..<min(start + Self.examined, news.count)]))
        }
    }

    private func end(_ state: RunState, as outcome: MergedRun.Outcome, _ number: Int64) throws {
        settled[ExactText(state.uuid)] = state
        try tell(.run(MergedRun(sourceNumber: state.number, number: number, uuid: state.uuid, outcome: outcome)))
    }

    // MARK: What is sent together

    /// A run that is sent, and how much it is.
    private struct Load {
        let state: RunState
        let known: RunState?
        let content: [RunContent]
    }

    /// Finds out how much of some runs is new, and sends it.
    private func examine(_ states: [RunState]) throws {
        let contents = try states.map { try store.content(ofRun: $0.number) }
        let digests = Set(contents.joined().map { ExactText($0.digest) }).subtracting(present).sorted().map(\.text)
            .filter { Digest.isHexadecimal($0, count: 64) }
        let first = digests.prefix(Self.mostDigests)
        let known = try collector.known(runs: states.map(\.uuid), hasLatest: true, digests: Array(first))
        present.formUnion(known.digests)
        for start in stride(from: first.count, to: digests.count, by: Self.mostDigests) {
            let part = Array(digests[start..<min(start + Self.mostDigests, digests.count)])
            present.formUnion(try collector.known(runs: [], hasLatest: false, digests: part).digests)
        }
        var (loads, rows, bytes): ([Load], Int, Int64) = ([], 0, 0)
        for (state, content) in zip(states, contents) where try bringFiles(content, of: state) {
            let load = Load(state: state, known: known.runs[ExactText(state.uuid)], content: content)
            let count = try store.newRows(of: state.number, behind: load.known, limit: Self.rowLimit + 1)
            let size = content.reduce(0) { $0 + ($1.isFile || present.contains(ExactText($1.digest)) ? 0 : $1.size) }
            if rows + count > Self.rowLimit || bytes + size > Self.byteLimit {
                try send(loads)
                (loads, rows, bytes) = ([], 0, 0)
            }
            if count > Self.rowLimit {
                try sendInParts(load)
            } else {
                loads.append(load)
                (rows, bytes) = (rows + count, bytes + size)
            }
        }
        try send(loads)
    }

    private static let mostDigests = 10_000

    /// Brings the files of a run's artifacts.
    ///
    /// - Returns: false where one is not there, so that the run stays away.
    private func bringFiles(_ content: [RunContent], of state: RunState) throws -> Bool {
        for file in content where file.isFile && !present.contains(ExactText(file.digest)) {
            guard let path = store.artifactFile(of: file) else {
                let what = "a file of an artifact is missing or has another size: \(file.digest)"
                try tell(.trouble(state.number, StoreError.damagedSource(name: store.path, what: what)))
                return false
            }
            do {
                try collector.put(file: path, digest: file.digest, size: file.size)
            } catch let error as CollectorError where error.isOfContent {
                try tell(.trouble(state.number, error))
                return false
            }
            present.insert(ExactText(file.digest))
        }
        return true
    }

    /// Sends runs as one small store; where it is not taken, each of them alone.
    private func send(_ loads: [Load]) throws {
        guard !loads.isEmpty else { return }
        do {
            let collected = try merge(loads.map { RunPart(run: $0.state.number, known: $0.known) }).collected
            for load in loads { present.formUnion(load.content.map { ExactText($0.digest) }) }
            let states = Dictionary(loads.map { (ExactText($0.state.uuid), $0) }) { first, _ in first }
            for run in collected.runs {
                guard let load = states[ExactText(run.uuid)] else { continue }
                if run.outcome == .conflict, load.known != nil { try sendWhole(load) } else { try end(load, run) }
            }
        } catch {
            guard Self.isOfRun(error) else { throw error }
            guard loads.count == 1, let load = loads.first else {
                for load in loads { try send([load]) }
                return
            }
            if load.known == nil { try tell(.trouble(load.state.number, error)) } else { try sendWhole(load) }
        }
    }

    private func end(_ load: Load, _ run: MergedRun) throws {
        settled[ExactText(load.state.uuid)] = load.state
        try tell(.run(run))
    }

    /// Sends all of a run, for the collector to decide: what it has is not what a part goes on from.
    private func sendWhole(_ load: Load) throws {
        do {
            // Its content may have gone meanwhile.
            present.subtract(load.content.filter { !$0.isFile }.map { ExactText($0.digest) })
            for run in try merge([RunPart(run: load.state.number, known: nil)]).collected.runs { try end(load, run) }
        } catch {
            guard Self.isOfRun(error) else { throw error }
            try tell(.trouble(load.state.number, error))
        }
    }

    /// Sends a run of very many rows as one that is still running, and goes on with it part by part.
    private func sendInParts(_ load: Load) throws {
        let number = load.state.number
        do {
            // What is damaged is not begun.
            if load.known == nil { try store.proveRows(ofRun: load.state.uuid) }
            var (known, width, isContinued): (RunState?, Int64?, Bool) = (load.known, nil, false)
            var outcome: MergedRun?
            while true {
                try store.interruption.check()
                let cut = try store.cut(of: number, behind: known, limit: Self.rowLimit, width: width)
                let part = RunPart(run: number, known: known, through: cut, isContinued: isContinued)
                let (exported, collected) = try merge([part])
                guard let run = collected.runs.first, let state = exported.first else { return }
                if run.outcome == .conflict, known != nil { return try sendWhole(load) }
                if outcome == nil || outcome?.outcome == .present { outcome = run }
                guard state.isCut, run.outcome != .conflict else { break }
                if let cut, let before = known?.lastStep {
                    width = cut.subtractingReportingOverflow(before).partialValue
                }
                (known, isContinued) = (state.state, true)
            }
            present.formUnion(load.content.map { ExactText($0.digest) })
            if let outcome { try end(load, outcome) }
        } catch {
            guard Self.isOfRun(error) else { throw error }
            if load.known == nil { try tell(.trouble(number, error)) } else { try sendWhole(load) }
        }
    }

    private func merge(_ parts: [RunPart]) throws -> (exported: [ExportedRun], collected: CollectedRuns) {
        let file = try TemporaryFile(beside: place)
        let exported = try store.export(parts, omitting: present, to: file.path)
        let collected = try collector.merge(file.path)
        for dataset in collected.renamed { try tell(.renamed(dataset)) }
        return (exported, collected)
    }

    /// Whether an error is the fault of what was sent, so that others may be sent all the same.
    private static func isOfRun(_ error: any Error) -> Bool {
        switch error {
        case let error as CollectorError: error.isOfContent
        case let error as StoreError: [.invalid, .damaged, .altered, .newer].contains(error.code)
        default: false
        }
    }
}

extension CollectorError {
    /// Whether it is about what was sent, and not about who sends it.
    fileprivate var isOfContent: Bool {
        if case .refused(_, let status, _) = self { [400, 409, 413, 422].contains(status) } else { false }
    }
}
