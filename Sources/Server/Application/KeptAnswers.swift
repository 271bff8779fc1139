import HTTPTypes
import HummingbirdCore
import Storage
import Synchronization

/// The answers that were last given, each under a tag that is another whenever the answer could be.
final class KeptAnswers: Sendable {
    private struct Entry {
        let response: Response
        let tag: String
        let size: Int
        var used: UInt64
    }

    private struct State {
        var entries: [ExactText: Entry] = [:]
        var size = 0
        var uses: UInt64 = 0

        mutating func remove(_ address: ExactText) {
            if let entry = entries.removeValue(forKey: address) { size -= entry.size }
        }
    }

    /// In bytes.
    private static let limit = 8 << 20
    private static let largest = 1 << 20

    private let state = Mutex(State())

    /// The answer of an address, where it has this tag.
    func find(_ address: String, _ tag: String) -> Response? {
        let address = ExactText(address)
        return state.withLock { state in
            guard let entry = state.entries[address] else { return nil }
            guard entry.tag == tag else {
                state.remove(address)
                return nil
            }
            state.uses += 1
            state.entries[address]?.used = state.uses
            return entry.response
        }
    }

    /// Keeps an answer, and gives up those that were not used for longest.
    func keep(_ response: Response, _ address: String, _ tag: String) {
        guard let length = response.body.contentLength, length <= Self.largest, response.status == .ok else { return }
        let size = length + address.utf8.count + 500
        let address = ExactText(address)
        state.withLock { state in
            state.remove(address)
            state.uses += 1
            state.entries[address] = Entry(response: response, tag: tag, size: size, used: state.uses)
            state.size += size
            while state.size > Self.limit, let oldest = state.entries.min(by: { $0.value.used < $1.value.used }) {
                state.remove(oldest.key)
            }
        }
    }
}
