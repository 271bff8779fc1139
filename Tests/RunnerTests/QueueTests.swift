import Foundation
import Storage
import Synchronization
import Testing

@testable import Runner

@Suite struct QueueTests {
    private let place: QueuePlace

    init() throws { place = try QueuePlace() }

    @Test(arguments: [1, 2, 8])
    func `numbers follow the points, whatever takes how long and on however many threads`(_ jobs: Int) throws {
        var work = CountingWork(60, in: place)
        let watch = Watch()
        work.perform = { run, store in
            let atWork = watch.begin()
            if atWork > jobs { watch.complain("\(atWork) points at work") }
            if try store.run(number: run.open.number)?.status != .running { watch.complain("\(run.point) not begun") }
            // The first one is slow: all others that are to come overtake it.
            if run.point == 0, jobs > 1 { watch.othersEnded.wait() }
            if watch.end() == 59 { watch.othersEnded.signal() }
        }
        let outcome = try place.execute(work, jobs: jobs)
        #expect(Array(outcome.runs) == Array(1...60))
        #expect(try place.runs().map(\.seed) == (0..<60).map(Int64.init))
        #expect(try place.runs().allSatisfy { $0.status == .finished && $0.steps == 2 })
        #expect(watch.complaints == [])
    }

    @Test func `what fails is recorded as failed and told, the first ten with reasons, and the others go on`() throws {
        var work = CountingWork(40, in: place)
        work.perform = { run, _ in
            if !run.point.isMultiple(of: 3) { throw Failure(description: "\(run.point) is no multiple of 3") }
        }
        let outcome = try place.execute(work, jobs: 1)
        #expect(outcome.runs.count == 40)
        #expect(outcome.failures.count == 26)
        #expect(outcome.failures.first.map(\.point) == [1, 2, 4, 5, 7, 8, 10, 11, 13, 14])
        #expect(outcome.failures.first.first?.fact == "1 is no multiple of 3")
        #expect(outcome.failures.first.first?.run == 2)
        // Of those that finished the work had something to say.
        #expect(outcome.remarks.first.map(\.point) == [0, 6, 12, 18, 24, 30, 36])
        let runs = try place.runs()
        #expect(runs.count { $0.status == .failed && $0.steps == 1 } == 26)
        #expect(runs.count { $0.status == .finished } == 14)
    }

    @Test func `an interruption records what is at work as killed, and going on does the rest`() throws {
        let interruption = Interruption()
        var work = CountingWork(30, in: place)
        work.perform = { run, _ in
            if run.point == 7 { interruption.request() }
            try run.checkInterruption()
        }
        let outcome = try place.execute(work, jobs: 1, interruption: interruption)
        #expect(Array(outcome.runs) == Array(1...8))
        #expect(outcome.killed == [8])
        #expect(try place.runs().map(\.status) == Array(repeating: .finished, count: 7) + [.killed])
        #expect(try place.runs().last?.steps == 1)

        work.perform = { _, _ in }
        let rest = try place.execute(work, jobs: 1, resuming: true)
        #expect(rest.skipped == 7)
        #expect(Array(rest.runs) == Array(1...7) + Array(9...31))
        #expect(try place.execute(work, resuming: true).skipped == 30)
        // Without going on, all is done again.
        #expect(try place.execute(work).skipped == 0)
    }

    @Test func `a worker that does not notice the end can write nothing more`() throws {
        let ledger = try QueueLedger(
            CountingWork(5, in: place),
            .none,
            Store(path: place.path, for: .writing)
        )
        let run = try #require(ledger.next())
        let open = run.open
        #expect(try ledger.close().killed == [1])
        #expect(throws: Interrupted.self) {
            try run.record(advancing: 1) { try $0.log(open, step: 9, metric: "late", 1) }
        }
        #expect(throws: Interrupted.self) { try ledger.finish(run, RunEnding(.finished, steps: 9), nil) }
        ledger.abandon(run, Failure(description: "late"))
        #expect(ledger.next()?.point == nil)
        #expect(try place.runs().map(\.status) == [.killed])
    }

    @Test func `what keeps the recorder from writing ends the queue`() throws {
        var work = CountingWork(30, in: place)
        work.perform = { run, _ in
            let open = run.open
            guard run.point == 4 else { return }
            try run.record(advancing: 1) { try $0.log(open, step: 0, variances: [1]) }
        }
        #expect(throws: StoreError.self) { try place.execute(work, jobs: 1) }
        #expect(try place.runs().map(\.status) == Array(repeating: .finished, count: 4) + [.killed])
    }

    @Test func `progress is the share of the work that is to be done here`() throws {
        _ = try place.execute(CountingWork(3, in: place))
        let ledger = try QueueLedger(
            CountingWork(5, in: place),
            .careful,
            Store(path: place.path, for: .writing)
        )
        let run = try #require(ledger.next())
        try run.record(advancing: 1) { _ in }
        let progress = ledger.progress
        #expect(progress.skipped == 3)
        #expect(progress.done == 0)
        #expect(progress.total == 5)
        #expect(progress.current == 3)
        #expect(progress.share == 0.25)
        _ = try ledger.close()
    }

    @Test func `a point that a living process executes is left out and named`() throws {
        let place = place
        var work = CountingWork(12, in: place)
        let watch = Watch()
        work.perform = { run, _ in
            guard run.point == 2, watch.begin() == 1 else { return }
            // While the third point is at work, the whole is done by another queue.
            watch.keep(try place.execute(CountingWork(12, in: place), resuming: true))
        }
        let outcome = try place.execute(work, jobs: 1, resuming: true)
        let other = try #require(watch.outcome)
        #expect(other.elsewhere.first == [3])
        #expect(other.skipped == 2)
        #expect(Array(other.runs) == [1, 2] + Array(4...12))
        #expect(outcome.elsewhere.count == 0)
        #expect(outcome.skipped == 9)
        #expect(Array(outcome.runs) == Array(1...12))
    }

    @Test func `two that go on at once give each point exactly one run`() throws {
        let (place, watch) = (place, Watch())
        DispatchQueue.concurrentPerform(iterations: 2) { _ in
            do {
                let outcome = try place.execute(CountingWork(200, in: place), resuming: true)
                if outcome.runs.count + outcome.elsewhere.count != 200 { watch.complain("\(outcome)") }
            } catch {
                watch.complain("\(error)")
            }
        }
        #expect(watch.complaints == [])
        let runs = try place.runs()
        #expect(runs.count == 200)
        #expect(Set(runs.map(\.seed)).count == 200)
        #expect(runs.allSatisfy { $0.status == .finished })
    }
}

/// What the threads of a test see.
private final class Watch: Sendable {
    let othersEnded = DispatchSemaphore(value: 0)
    private let atWork = Atomic(0)
    private let ended = Atomic(0)
    private let seen = Mutex<(complaints: [String], outcome: QueueOutcome<Int, String>?)>(([], nil))

    /// - Returns: how many are at work now.
    func begin() -> Int { atWork.add(1, ordering: .sequentiallyConsistent).newValue }

    /// - Returns: how many have ended.
    func end() -> Int {
        atWork.subtract(1, ordering: .sequentiallyConsistent)
        return ended.add(1, ordering: .sequentiallyConsistent).newValue
    }

    func complain(_ words: String) { seen.withLock { $0.complaints.append(words) } }
    func keep(_ outcome: QueueOutcome<Int, String>) { seen.withLock { $0.outcome = outcome } }

    var complaints: [String] { seen.withLock { $0.complaints } }
    var outcome: QueueOutcome<Int, String>? { seen.withLock { $0.outcome } }
}
