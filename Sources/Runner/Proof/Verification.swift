public import Storage
import Synchronization

/// Executes recorded runs again, from the store alone, and holds every recorded number against what is computed.
public struct Verification: Sendable {
    /// The path of the store.
    public let store: String
    /// What ends the verification.
    public let interruption: Interruption
    /// The number of threads.
    public var jobs = Machine.processors

    /// Prepares the verification of runs of a store.
    public init(store: String, interruption: Interruption = Interruption()) {
        self.store = store
        self.interruption = interruption
    }

    /// Where the threads meet.
    private final class Ledger: Sendable {
        struct State {
            var runs: RunNumbers.Iterator
            var handedOut = 0
            /// By the run's place in the order asked for, until they are reported.
            var verdicts: [Int: Verdict] = [:]
            /// What keeps the store from being read.
            var trouble: (any Error)?
        }

        let interruption: Interruption
        let state: Mutex<State>

        init(_ runs: RunNumbers, _ interruption: Interruption) {
            self.interruption = interruption
            state = Mutex(State(runs: runs.makeIterator()))
        }

        func next() -> (place: Int, run: Int64)? {
            state.withLock { state in
                guard state.trouble == nil, !interruption.isRequested, let run = state.runs.next() else { return nil }
                state.handedOut += 1
                return (state.handedOut - 1, run)
            }
        }
    }

    /// Verifies runs on several threads.
    ///
    /// - Parameters:
    ///   - runs: their numbers.
    ///   - report: called with each verdict, in the order of the runs.
    ///   - tick: called ten times a second on the caller's thread.
    /// - Throws: what keeps the store from being read, and what `report` throws. An interruption ends it with the
    ///   verdicts that there are by then.
    public func execute(_ runs: RunNumbers, report: (Verdict) throws -> Void, tick: () -> Void = {}) throws {
        let ledger = Ledger(runs, interruption)
        var reported = 0
        func reportAll() throws {
            while let verdict = ledger.state.withLock({ $0.verdicts.removeValue(forKey: reported) }) {
                reported += 1
                try report(verdict)
            }
        }
        try Workers.run(max(1, min(jobs, runs.count)), until: interruption, patience: .milliseconds(600)) {
            work(for: ledger)
        } tick: {
            try reportAll()
            tick()
        }
        try reportAll()
        if let trouble = ledger.state.withLock({ $0.trouble }) { throw trouble }
    }

    /// What one thread does: a run after the other in the same memory, read over a connection of its own.
    private func work(for ledger: Ledger) {
        do {
            let store = try Store(path: store, for: .reading, interruption: interruption)
            let verifier = try Verifier(store)
            while let (place, run) = ledger.next() {
                let verdict = try verifier.verify(run)
                ledger.state.withLock { $0.verdicts[place] = verdict }
            }
        } catch is Interrupted {
        } catch let error as SQLiteError where error.kind == .interrupted {
        } catch {
            ledger.state.withLock { $0.trouble = $0.trouble ?? error }
        }
    }
}
