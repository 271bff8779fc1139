import HTTPTypes
import HummingbirdCore

/// Decides who may ask, and what.
///
/// The dangers are other pages in the browser of somebody who may ask: one whose name was pointed to this address (the
/// header Host tells it), and one that sends a change in the visitor's name (Origin and Sec-Fetch-Site tell it, and a form
/// can only send three kinds of content). Who has no browser needs the token, where there is one.
struct Guardian: Sendable {
    private let names: HostNames
    let token: AccessToken?

    init(_ settings: ServerSettings) {
        names = HostNames(host: settings.host, allowed: settings.allowedHosts)
        token = settings.token
    }

    /// Refuses what is not for us, and what another page sends.
    ///
    /// - Throws: ``Problem``.
    func check(_ request: Request) throws(Problem) {
        guard let authority = request.head.authority else { throw Problem(.badRequest, "the header Host is missing") }
        guard names.contains(authority) else {
            throw Problem(
                .misdirectedRequest,
                "this server is not called '\(HostNames.host(of: authority).prefix(100))': varve serve --allow-host adds a name"
            )
        }
        guard !Self.isReading(request.method) else { return }
        if let origin = request.headers[.origin], !Self.is(origin, of: authority) {
            throw Problem(.forbidden, "a page of another origin may change nothing here")
        }
        if let site = request.headers[.secFetchSite], site != "same-origin", site != "none" {
            throw Problem(.forbidden, "a page of another site may change nothing here")
        }
        guard request.method == .post, let type = request.headers[.contentType] else { return }
        let media = type.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        if Self.formTypes.contains(media), !Self.isSignIn(request) {
            throw Problem(.unsupportedMediaType, "\(media) is what forms send: send JSON, as application/json")
        }
    }

    /// Whether whoever asks may do so.
    func isAdmitted(_ request: Request) -> Bool {
        guard let token else { return true }
        if let words = request.headers[.authorization]?.split(separator: " "), words.count == 2,
            words[0].lowercased() == "bearer", token.isEqual(to: String(words[1]))
        {
            return true
        }
        return request.headers[values: .cookie].contains { token.isInCookie($0) }
    }

    static func isReading(_ method: HTTPRequest.Method) -> Bool { [.get, .head, .options].contains(method) }

    private static let formTypes: Set<String> = [
        "application/x-www-form-urlencoded", "multipart/form-data", "text/plain",
    ]

    /// The one form there is; its Origin has to be ours.
    private static func isSignIn(_ request: Request) -> Bool {
        request.uri.path == SignIn.path && request.headers[.origin] != nil
    }

    /// Whether `http://host:port` is the page that the browser says it is on.
    private static func `is`(_ origin: String, of authority: String) -> Bool {
        let own = authority.lowercased()
        return ["http://\(own)", "https://\(own)"].contains(origin.lowercased())
    }
}
