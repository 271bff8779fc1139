import HTTPTypes
import HummingbirdCore
import Storage

/// The page on which a browser says the token once; it gets a cookie for it.
enum SignIn {
    static let path = "/sign-in"
    private static let bodyLimit = 8 * 1024

    /// Where a page is asked for without the token: the page to say it on, which leads back.
    static func redirect(from request: Request) -> Response {
        var headers: HTTPFields = [:]
        headers[.location] = "\(path)?to=" + Path.encoded(request.head.path ?? "/")
        headers[.cacheControl] = "no-store"
        return Response(status: .seeOther, headers: headers)
    }

    @Sendable static func show(_ call: Call) async throws -> Response { page(to: try call.target, isWrong: false) }

    @Sendable static func enter(_ call: Call) async throws -> Response {
        guard let token = call.application.settings.token else {
            throw Problem(.notFound, "this server asks for no token")
        }
        let form = String(decoding: try await call.body(atMost: bodyLimit), as: UTF8.self)
        let fields = try Path("/?" + form).query
        let target = fields.first { $0.name == "to" }?.value ?? "/"
        let word = fields.first { $0.name == "token" }?.value ?? ""
        guard token.isEqual(to: word.filter { !$0.isWhitespace }) else {
            var response = page(to: target, isWrong: true)
            response.status = .unauthorized
            return response
        }
        var headers: HTTPFields = [:]
        headers[.location] = Self.isOurs(target) ? target : "/"
        let isSecure = call.request.headers[.forwardedProto] == "https"
        headers[.setCookie] =
            "\(token.cookie.name)=\(token.cookie.value); Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"
            + (isSecure ? "; Secure" : "")
        headers[.cacheControl] = "no-store"
        return Response(status: .seeOther, headers: headers)
    }

    /// Whether an address stays on this server.
    private static func isOurs(_ target: String) -> Bool {
        target.hasPrefix("/") && !target.hasPrefix("//") && target.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != 92 }
    }

    private static func page(to target: String, isWrong: Bool) -> Response {
        var escaped = ""
        HTML.escape(target, into: &escaped)
        return .html(
            """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Varve: sign in</title>
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <link rel="stylesheet" href="\(Asset.address(of: "style.css"))"></head>
            <body class="sign-in"><main><h1>Varve</h1>
            <p>This store asks for its token: the content of the file that <code>varve serve --token-file</code> names.</p>
            \(isWrong ? "<p role=\"alert\">That is not the token.</p>" : "")
            <form method="post" action="\(path)"><input type="hidden" name="to" value="\(escaped)">
            <label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label>
            <button>Sign in</button></form></main></body></html>

            """
        )
    }
}

extension Parameter {
    static let target = Parameter(name: "to", summary: "Where to go afterwards.", schema: ["type": "string"])
}

extension Call {
    fileprivate var target: String { get throws { try read(.target) { $0 } ?? "/" } }
}

extension Routes {
    /// Signing in, where the server asks for a token.
    mutating func addSignIn() {
        get(SignIn.path, "The page to say the token on.", takes: [.target], isOpen: true, SignIn.show)
        post(SignIn.path, "Says the token and gets a cookie.", isOpen: true, SignIn.enter)
    }
}
