import ArgumentParser
import Dispatch
import Glibc
import Questions
import Server
import Synchronization

/// Serves the store to browsers and programs.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Show the store in a browser, and answer programs as JSON.",
        discussion: """
            Runs that other commands record meanwhile appear by themselves. Ctrl-C ends it.

            Examples:
              varve serve
              varve serve --read-only --port 0
              varve --store results.db serve
              varve serve --new-token token
              varve serve --host 0.0.0.0 --token-file token
              curl http://127.0.0.1:8250/api/v1/runs
            """
    )

    @Option(help: ArgumentHelp("The name or address to listen at.", valueName: "name"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("The port to listen at; 0 takes a free one.", valueName: "n"))
    var port = 8250

    @Option(
        help: ArgumentHelp(
            "Ask whoever calls for the token of this file, of 32 characters or more.",
            valueName: "file"
        ),
        completion: .file()
    )
    var tokenFile: String?

    @Option(
        help: ArgumentHelp("Write a new token to a file that only you can read, and end.", valueName: "file"),
        completion: .file()
    )
    var newToken: String?

    @Flag(help: "Show the store and refuse changes.")
    var readOnly = false

    @Option(help: ArgumentHelp("A further name that browsers may call it by; may be repeated.", valueName: "name"))
    var allowHost: [String] = []

    @OptionGroup var common: CommonOptions

    func run() throws {
        if let newToken { return try AccessToken.make(file: newToken) }
        guard (0...65535).contains(port) else { throw UsageError("--port \(port): give a number from 0 to 65535") }
        var settings = ServerSettings(store: common.storePath)
        settings.host = host
        settings.port = port
        settings.isReadOnly = readOnly
        settings.allowedHosts = allowHost
        settings.token = try tokenFile.map { try AccessToken(file: $0) }
        let isQuiet = common.quiet
        settings.log = { line in if !isQuiet { writeLine(escaped(line), to: STDERR_FILENO) } }

        // Before there are other threads, which inherit it.
        Signals.holdInterruptions()
        let server = try WebServer(settings)
        let place = try waiting { try await server.start() }
        let address = host.contains(":") ? "[\(host)]" : host
        let output = common.output()
        try output.line("Varve is at http://\(address):\(place) (\(escaped(common.storePath)))")
        try output.finish()
        let signal = Signals.waitForInterruption()
        try waiting { await server.stop() }
        throw ExitCode(128 + signal)
    }

    /// Waits on this thread for what tasks do.
    private func waiting<Answer: Sendable>(_ work: @escaping @Sendable () async throws -> Answer) throws -> Answer {
        let outcome = Outcome<Answer>()
        let isDone = DispatchSemaphore(value: 0)
        Task {
            do {
                let answer = try await work()
                outcome.result.withLock { $0 = .success(answer) }
            } catch {
                outcome.result.withLock { $0 = .failure(error) }
            }
            isDone.signal()
        }
        isDone.wait()
        return try outcome.result.withLock { $0 }.get()
    }
}

/// What a task comes to.
private final class Outcome<Answer: Sendable>: Sendable {
    let result = Mutex<Result<Answer, any Error>>(.failure(CancellationError()))
}
