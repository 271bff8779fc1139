import HTTPTypes
import Storage
import Testing

@testable import Server

@Suite struct GuardianTests {
    private let token = "0123456789abcdef0123456789abcdef"
    private let json: HTTPFields = [.contentType: "application/json"]

    @Test(arguments: [
        ("127.0.0.1:8250", 200), ("localhost:9000", 200), ("LOCALHOST.", 200), ("[::1]:8250", 200), ("127.1.2.3", 200),
        ("lab.example:80", 200), ("evil.example", 421), ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421),
        ("127.0.0.1@evil.example", 421), ("", 421), ("127.0.0.256", 421), ("evil.example:127", 421), ("127.1", 421),
    ]) func `Only names of ours are answered to`(_ host: String, _ status: Int) async throws {
        let site = try TestSite { _ in
        } settings: {
            $0.allowedHosts = ["Lab.Example"]
        }
        #expect(try await site.send(.get, "/health", host: host).status == status)
    }

    @Test func `A request without a host is refused`() async throws {
        #expect(try await TestSite().send(.get, "/health", host: nil).status == 400)
    }

    @Test func `A change is taken from our own pages and from programs, and from no other page`() async throws {
        let site = try TestSite { try $0.record(1) }
        for (fields, status): (HTTPFields, Int) in [
            ([:], 200), ([.origin: "http://127.0.0.1:8250"], 200), ([.origin: "https://127.0.0.1:8250"], 200),
            ([.origin: "http://evil.example"], 403), ([.origin: "null"], 403),
            ([.origin: "http://127.0.0.1:9999"], 403),
            ([.origin: "http://127.0.0.1:8250.evil.example"], 403), ([.secFetchSite: "same-origin"], 200),
            ([.secFetchSite: "none"], 200), ([.secFetchSite: "cross-site"], 403), ([.secFetchSite: "same-site"], 403),
        ] {
            let answer = try await site.send(.patch, "/api/v1/runs/1", fields + json, body: #"{"note":"x"}"#)
            #expect(answer.status == status, "\(fields)")
        }
        // Reading is not changed by where the link stands.
        #expect(try await site.get("/api/v1/runs", [.secFetchSite: "cross-site"]).status == 200)
    }

    @Test(arguments: [
        "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "Text/Plain ;charset=utf-8",
    ])
    func `What a form can send is refused`(_ type: String) async throws {
        let site = try TestSite { try $0.record(1) }
        let answer = try await site.send(.post, "/api/v1/runs/1/restore", [.contentType: type], body: "a=b")
        #expect(answer.status == 415)
    }

    @Test func `Where a token is asked for, nothing is told without it`() async throws {
        let site = try TestSite {
            try $0.record(1)
        } settings: {
            $0.token = AccessToken(token)
        }
        #expect(try await site.get("/health").status == 200)
        let refused = try await site.get("/api/v1/runs")
        #expect(refused.status == 401)
        #expect(refused.headers[.wwwAuthenticate] == "Bearer")
        for (word, status) in [
            ("Bearer " + token, 200), ("bearer " + token, 200), ("Bearer " + token + "0", 401), ("Bearer", 401),
            ("Basic " + token, 401), ("Bearer " + token.dropLast(), 401),
        ] {
            #expect(try await site.get("/api/v1/runs", [.authorization: word]).status == status, "\(word)")
        }
        #expect(try await site.get("/api/v1/runs?token=" + token).status == 401)
    }

    @Test func `A browser says the token once, comes back to its page, and is known by a cookie`() async throws {
        let site = try TestSite {
            try $0.record(1)
        } settings: {
            $0.token = AccessToken(token)
        }
        let first = try await site.get("/api/v1/runs?limit=1", [.accept: "text/html,*/*"])
        #expect(first.status == 303)
        #expect(first.headers[.location] == "/sign-in?to=/api/v1/runs%3Flimit%3D1")
        #expect(try await site.get("/sign-in?to=/api").text.contains("value=\"/api\""))
        let form: HTTPFields = [
            .contentType: "application/x-www-form-urlencoded", .origin: "http://127.0.0.1:8250",
        ]
        let entered = try await site.send(.post, "/sign-in", form, body: "to=%2Fapi%2Fv1%2Fruns&token=" + token)
        #expect(entered.status == 303)
        #expect(entered.headers[.location] == "/api/v1/runs")
        let cookie = try #require(entered.headers[.setCookie])
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains(token))
        let pair = String(cookie.prefix { $0 != ";" })
        #expect(try await site.get("/api/v1/runs", [.cookie: "a=b; " + pair]).status == 200)
        #expect(try await site.get("/api/v1/runs", [.cookie: pair + "0"]).status == 401)
        #expect(try await site.send(.post, "/sign-in", form, body: "to=/&token=wrong").status == 401)
        for target in ["//evil.example", "https://evil.example", "/\\evil.example", "/%0d%0aSet-Cookie:x"] {
            let answer = try await site.send(.post, "/sign-in", form, body: "to=\(target)&token=\(token)")
            #expect(answer.headers[.location] == "/", "\(target)")
        }
        // The form has to be on a page of ours.
        let foreign: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        #expect(try await site.send(.post, "/sign-in", foreign, body: "token=" + token).status == 415)
    }

    @Test func `A server that others can reach, or call, asks for a token`() throws {
        for change: (inout ServerSettings) -> Void in [
            { $0.host = "0.0.0.0" }, { $0.host = "192.0.2.1" }, { $0.allowedHosts = ["lab.example"] },
        ] {
            var settings = ServerSettings(store: "/nowhere/varve.db")
            change(&settings)
            #expect(throws: ServerError.self) { try WebServer(settings) }
        }
    }

    @Test func `Every answer says what a browser may do with it`() async throws {
        let site = try TestSite()
        for path in ["/health", "/nothing", "/assets/style.css", "/api/v1/runs"] {
            let headers = try await site.get(path).headers
            #expect(headers[.contentSecurityPolicy]?.contains("default-src 'self'") == true)
            #expect(headers[.contentSecurityPolicy]?.contains("frame-ancestors 'none'") == true)
            #expect(headers[.xContentTypeOptions] == "nosniff")
        }
    }

    @Test(arguments: [
        "/assets/../Package.swift", "/assets/%2e%2e/x", "/assets/..%2fx", "/assets/%00", "/assets//etc/passwd",
        "/assets/style.css%00", "/..", "//etc/passwd", "/assets/style.css/", "/%ff", "/%", "/%2", "/%zz",
    ]) func `No path leads out of what is there`(_ path: String) async throws {
        let status = try await TestSite().get(path).status
        #expect(status == 404 || status == 400)
    }
}

extension HTTPFields {
    fileprivate static func + (a: HTTPFields, b: HTTPFields) -> HTTPFields {
        var all = a
        all.append(contentsOf: b)
        return all
    }
}
