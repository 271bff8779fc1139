import Glibc
public import Storage
import Synchronization

/// Speaks to a server by the program curl, which knows TLS and proxies.
///
/// All that it is to do, with the token, is on its standard input: arguments can be seen by everybody on the machine.
public struct CurlClient: ServerClient {
    let address: String
    private let root: String
    private let token: String?
    private let place: String
    private let silence: Int
    private let interruption: Interruption

    /// How much of an answer is taken, in bytes.
    private static let outputLimit = 64 << 20
    /// A process that is started while another one is would inherit its pipes.
    private static let starting = Mutex(())

    /// Prepares to speak to a server.
    ///
    /// - Parameters:
    ///   - address: as `https://varve.example.org`.
    ///   - tokenFile: the file with the token that the server asks for.
    ///   - place: beside what files are made.
    ///   - silence: how long the server may be silent, in seconds.
    ///   - interruption: what ends it.
    /// - Throws: ``CollectorError``, ``ServerError``.
    public init(
        _ address: String,
        tokenFile: String?,
        place: String,
        silence: Int,
        interruption: Interruption
    ) throws {
        let isPlain = address.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"\"\\?#".utf8.contains($0) }
        let schemes = ["http://", "https://"]
        guard isPlain, let scheme = schemes.first(where: { address.lowercased().hasPrefix($0) }),
            address.utf8.count > scheme.utf8.count
        else { throw CollectorError.badAddress(address) }
        var root = Substring(address)
        while root.hasSuffix("/") { root.removeLast() }
        self.root = String(root)
        // A password in the address is for nobody to see.
        let rest = root.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" }
        let name = host.lastIndex(of: "@").map { host[host.index(after: $0)...] } ?? host
        self.address = scheme + name + rest.dropFirst(host.count)
        token = try tokenFile.map { try AccessToken.word(inFile: $0) }
        self.place = place
        self.silence = silence
        self.interruption = interruption
    }

    /// A server that collects runs.
    ///
    /// - Parameter attempts: how often a request is sent where no answer comes.
    /// - Returns: the server.
    public func collector(attempts: Int) -> HTTPCollector { HTTPCollector(self, attempts: attempts) }

    func send(_ request: ServerRequest) throws -> ServerAnswer {
        let file: TemporaryFile?
        let path: String
        switch request.body {
        case .file(let name): (file, path) = (nil, name)
        case .bytes(let bytes):
            let made = try TemporaryFile(beside: place)
            try made.append(bytes)
            (file, path) = (made, made.path)
        }
        // The file is needed until the answer has come.
        return try withExtendedLifetime(file) { try send(request, path) }
    }

    private func send(_ request: ServerRequest, _ path: String) throws -> ServerAnswer {
        var lines = [
            "url = \(Self.quoted(root + request.path))", "request = \(request.method)",
            "upload-file = \(Self.quoted(path))", "header = \(Self.quoted("Content-Type: \(request.type)"))",
            "header = \"Expect:\"", "include", "silent", "show-error", "suppress-connect-headers", "http1.1", "globoff",
            "connect-timeout = 15", "speed-limit = 1", "speed-time = \(silence)",
        ]
        if let token { lines.append("header = \(Self.quoted("Authorization: Bearer \(token)"))") }
        let outcome: (end: ChildProcess.End, output: [UInt8], error: [UInt8])
        do {
            outcome = try ChildProcess.run(
                "curl",
                ["curl", "--disable", "--config", "-"],
                input: Array((lines.joined(separator: "\n") + "\n").utf8),
                environment: .all,
                outputLimit: Self.outputLimit,
                oneAtATime: Self.starting,
                interruption
            )
        } catch let error as ChildProcess.Failure {
            throw CollectorError.noClient(reason: String(cString: strerror(error.code)))
        }
        let complaint =
            String(decoding: outcome.error, as: UTF8.self).split(separator: "\n").last.map(String.init) ?? ""
        switch outcome.end {
        case .exited(0): break
        case .late:
            try interruption.check()
            throw CollectorError.noAnswer(address: address, reason: "it was ended")
        case .exited(let code):
            throw CollectorError.noAnswer(
                address: address,
                reason: complaint.hasPrefix("curl: ") ? String(complaint.dropFirst(6)) : "curl ended with \(code)"
            )
        case .killed: throw CollectorError.noAnswer(address: address, reason: "curl was killed")
        case .tooMuch: throw CollectorError.stranger(address: address, reason: "its answer has no end")
        }
        guard let answer = Self.answer(outcome.output) else {
            throw CollectorError.noAnswer(address: address, reason: "what came is no answer")
        }
        return answer
    }

    /// A word of a config of curl.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text {
            if character == "\"" || character == "\\" { quoted.append("\\") }
            quoted.append(character)
        }
        return quoted + "\""
    }

    /// Reads headers and body, as `--include` writes them.
    private static func answer(_ output: [UInt8]) -> ServerAnswer? {
        var rest = output[...]
        while true {
            guard rest.starts(with: "HTTP/".utf8), let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else {
                return nil
            }
            let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
            rest = rest[end.upperBound...]
            let words = lines.first?.split(separator: " ") ?? []
            guard words.count >= 2, let status = Int(words[1]) else { return nil }
            // What comes before the answer itself.
            if status < 200 { continue }
            let retry = lines.first { $0.lowercased().hasPrefix("retry-after:") }
                .flatMap { Int($0.dropFirst("retry-after:".count).filter { $0 != " " }) }
            return ServerAnswer(status: status, retryAfter: retry, body: Array(rest))
        }
    }

    func wait(_ time: Duration) throws {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end {
            try interruption.check()
            usleep(20_000)
        }
        try interruption.check()
    }
}
