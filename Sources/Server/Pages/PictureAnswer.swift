import HTTPTypes
import HummingbirdCore
import Storage
import Synchronization

/// A picture that is sent: of runs that have ended it is made once, and kept for whoever asks again.
struct PictureAnswer {
    let name: String
    let query: PageQuery

    func response(to call: Call) async throws -> Response {
        let asked = call.request.headers[.ifNoneMatch]
        let cache = call.application.pictures
        let (name, query) = (name, query)
        let (svg, tag) = try await call.ask { store -> (String?, String?) in
            guard let tag = try Self.tag(of: name, query, in: store) else {
                return (try Plots.svg(name, query, in: store), nil)
            }
            if asked == tag { return (nil, tag) }
            if let kept = cache[tag] { return (kept, tag) }
            let svg = try Plots.svg(name, query, in: store)
            cache[tag] = svg
            return (svg, tag)
        }
        guard let svg else {
            return Response(status: .notModified, headers: [.eTag: tag ?? "", .cacheControl: "no-cache"])
        }
        var response = Response(svg.utf8, "image/svg+xml")
        response.headers[.eTag] = tag
        return response
    }

    /// Another one whenever the picture could be another; nil where that cannot be told from a few runs.
    private static func tag(of name: String, _ query: PageQuery, in store: Store) throws -> String? {
        let words = query.all("run")
        guard ["curves", "training", "layers"].contains(name), !words.isEmpty, words.count <= 24 else { return nil }
        var facts = query.address(name) + Version.varve
        for word in words {
            guard let run = try? store.run(word), let ended = run.ended, run.status != .running else { return nil }
            facts += " \(run.uuid) \(ended) \(run.status.rawValue) \(run.steps) \(run.lastStep ?? -1) \(run.name ?? "")"
            facts += " \(run.architecture ?? "") \(run.seed ?? -1)"
        }
        return "\"\(Digest.sha256(Array(facts.utf8)).prefix(32))\""
    }
}

/// Pictures by their tags, the latest ones.
final class PictureCache: Sendable {
    private static let limit = 64
    private static let largest = 256 * 1024

    private struct State {
        var pictures: [String: String] = [:]
        var order: [String] = []
    }

    private let state = Mutex(State())

    subscript(tag: String) -> String? {
        get { state.withLock { $0.pictures[tag] } }
        set {
            guard let newValue, newValue.utf8.count <= Self.largest else { return }
            state.withLock { state in
                if state.pictures.updateValue(newValue, forKey: tag) == nil { state.order.append(tag) }
                while state.order.count > Self.limit { state.pictures[state.order.removeFirst()] = nil }
            }
        }
    }
}
