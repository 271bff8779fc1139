import ArgumentParser
import Glibc
import Questions
import Server
import Storage

/// Serves the store to browsers and programs.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration("serve", PackageResources.serve_txt)

    @Option(help: .value("name", "The name or address to listen at."))
    var host = "127.0.0.1"

    @Option(help: .value("n", "The port to listen at; 0 takes a free one."))
    var port = 8250

    @Option(
        help: .value("file", "Ask whoever calls for the token of this file, of 32 characters or more."),
        completion: .file()
    )
    var tokenFile: String?

    @Option(
        help: .value("file", "Write a new token to a file that only you can read, and end."),
        completion: .file()
    )
    var newToken: String?

    @Flag(help: "Show the store and refuse changes.")
    var readOnly = false

    @Option(help: .value("name", "A further name that browsers may call it by; may be repeated."))
    var allowHost: [String] = []

    @Option(help: .value("size", "The largest file that may be put into a run."))
    var maxUpload = "5GB"

    @Option(
        help: .value(
            "time",
            "After how long a run counts as killed whose client is not heard of, as 30m or 6h; kept in the store."
        )
    )
    var staleAfter: String?

    @Option(
        help: .value(
            "pattern",
            "Which metrics of MLflow's client are variances of layers too; {layer} stands for the layer's name."
        )
    )
    var layerPattern = "variance/{layer}"

    @Flag(help: "Open the page in the browser.")
    var open = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        if let newToken { return try AccessToken.make(file: newToken) }
        WebServer.saveMemory()
        guard (0...65535).contains(port) else { throw UsageError("--port \(port): give a number from 0 to 65535") }
        var settings = ServerSettings(store: common.storePath)
        settings.host = host
        settings.port = port
        settings.isReadOnly = readOnly
        settings.allowedHosts = allowHost
        settings.token = try tokenFile.map { try AccessToken(file: $0) }
        settings.maximumUpload = try size(maxUpload)
        settings.staleAfter = try staleAfter.map { try milliseconds($0, "--stale-after", least: 1) }
        // In the shell a star is as good.
        let pattern = layerPattern.contains("{layer}") ? layerPattern : starred(layerPattern)
        guard let layers = LayerPattern(pattern) else {
            throw UsageError("--layer-pattern \(layerPattern): write {layer} once, in place of the layer's name")
        }
        settings.layerPattern = layers
        settings.command = "/proc/self/exe"
        let isQuiet = common.quiet
        settings.log = { line in if !isQuiet { writeLine(Varve.shortened(escaped(line)), to: STDERR_FILENO) } }

        // Before there are other threads, which inherit it.
        Signals.holdInterruptions()
        let (server, place): (WebServer, Int)
        do {
            let begun = try WebServer(settings)
            (server, place) = (begun, try waitForTask { try await begun.start() })
        } catch {
            throw readOnly ? error : Hints.ofServer(error)
        }
        let address = host.contains(":") ? "[\(host)]" : host
        let output = common.output()
        try output.line("Varve is at http://\(address):\(place) (\(escaped(common.storePath)))")
        try output.finish()
        if open, !Browser.open("http://\(["0.0.0.0", "::"].contains(host) ? "localhost" : address):\(place)"), !isQuiet
        {
            writeLine("There is no browser to open here (xdg-open): open the address yourself.", to: STDERR_FILENO)
        }
        let signal = Signals.waitForInterruption()
        try waitForTask { await server.stop() }
        throw ExitCode(128 + signal)
    }

    /// The pattern with the word for the layer's name where a star stands.
    private func starred(_ text: String) -> String {
        text.split(separator: "*", omittingEmptySubsequences: false).joined(separator: "{layer}")
    }

    /// Bytes, as `5GB`, `500MB`, `1GiB` or a plain number.
    private func size(_ text: String) throws(UsageError) -> Int64 {
        let units: [(String, Int64)] = [
            ("KIB", 1 << 10), ("MIB", 1 << 20), ("GIB", 1 << 30), ("TIB", 1 << 40), ("KB", 1000), ("MB", 1_000_000),
            ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
        ]
        let word = text.uppercased()
        let unit = units.first { word.hasSuffix($0.0) } ?? ("", 1)
        let (bytes, isTooLarge) = (Int64(word.dropLast(unit.0.count)) ?? -1).multipliedReportingOverflow(by: unit.1)
        guard !isTooLarge, bytes > 0 else { throw UsageError("--max-upload \(text): give a size, as 5GB or 500MB") }
        return bytes
    }
}
