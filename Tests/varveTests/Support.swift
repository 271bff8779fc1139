import Foundation
import Testing

/// What a finished command left.
struct Outcome {
    let status: Int32
    let output: String
    let error: String

    /// The lines on standard error.
    var complaints: [Substring] { error.split(separator: "\n") }

    func json() throws -> Any {
        try JSONSerialization.jsonObject(with: Data(output.utf8))
    }

    func objects() throws -> [[String: Any]] {
        try #require(try json() as? [[String: Any]])
    }
}

/// A folder of its own in which the built command is executed, as a person would.
final class Workplace {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "varve-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// The command stands beside the test program.
    static let command = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("varve")

    func process(_ arguments: [String], environment: [String: String] = [:]) -> Process {
        let process = Process()
        process.executableURL = Self.command
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        var variables = ProcessInfo.processInfo.environment
        variables["VARVE_STORE"] = nil
        process.environment = variables.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        return process
    }

    /// Executes the command to its end.
    func varve(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
        try varve(arguments, environment: environment)
    }

    func varve(_ arguments: [String], environment: [String: String] = [:], input: String? = nil) throws -> Outcome {
        let process = process(arguments, environment: environment)
        if let input { process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: input)) }
        return try outcome(of: process)
    }

    /// Executes a line of the shell in which the command is `$0`.
    func shell(_ line: String) throws -> Outcome {
        let process = process(["-c", line, Self.command.path])
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        return try outcome(of: process)
    }

    private func outcome(of process: Process) throws -> Outcome {
        // Files instead of pipes: no reader is needed to keep them from filling.
        let streams = ["out", "err"].map { file(".\($0)-\(UUID().uuidString)") }
        for stream in streams { _ = FileManager.default.createFile(atPath: stream, contents: nil) }
        defer { for stream in streams { try? FileManager.default.removeItem(atPath: stream) } }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: streams[0]))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: streams[1]))
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: String(decoding: try Data(contentsOf: URL(fileURLWithPath: streams[0])), as: UTF8.self),
            error: String(decoding: try Data(contentsOf: URL(fileURLWithPath: streams[1])), as: UTF8.self)
        )
    }

    /// The rows of a statement as the command gives them in CSV, without the head.
    func rows(_ sql: String) throws -> [String] {
        let outcome = try varve("sql", sql, "--format", "csv")
        #expect(outcome.status == 0, "\(outcome.error)")
        return outcome.output.split(separator: "\n").dropFirst().map(String.init)
    }
}
