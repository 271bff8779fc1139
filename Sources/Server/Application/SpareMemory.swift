import CWeb
import Storage
import Synchronization

/// Gives back what large questions leave: each thread keeps the memory that it freed for its next one, which may never come.
final class SpareMemory: Sendable {
    private let files: ThreadTeam<FileSeat>
    private let isPending = Atomic<Bool>(false)
    /// A question that takes longer has read much.
    private static let long = Duration.milliseconds(100)
    private static let delay = Duration.milliseconds(250)

    init(_ files: ThreadTeam<FileSeat>) { self.files = files }

    /// Looks at a question that has ended.
    func note(_ time: Duration) {
        guard time > Self.long, !isPending.exchange(true, ordering: .relaxed) else { return }
        Task {
            try? await Task.sleep(for: Self.delay)
            isPending.store(false, ordering: .relaxed)
            try? await files.run { _ in giveMemoryBack() }
        }
    }
}
