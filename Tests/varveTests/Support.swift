import Foundation
import Storage
import Synchronization
import TestSupport
import Testing

@testable import varve

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

/// A folder of its own in which commands are executed: in this process, or in one of their own where what is the process's
/// is tested (signals, pipes, the environment, limits).
final class Workplace {
    private let folder: TemporaryFolder
    var path: String { folder.path }

    init() throws { folder = try TemporaryFolder() }

    func file(_ name: String) -> String { folder.file(name) }

    /// The command is beside the test program.
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

    /// Executes the command as a process of its own, to its end.
    func execute(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
        try outcome(of: process(arguments, environment: environment))
    }

    func varve(_ arguments: String..., environment: [String: String]) throws -> Outcome {
        try execute(arguments, environment: environment)
    }

    /// Executes the command in this process.
    func varve(_ arguments: String...) throws -> Outcome { try varve(arguments) }

    /// Executes the command in this process, on a thread that has a folder and streams of its own.
    ///
    /// Linux keeps the folder and the descriptors by thread where that is asked for (`unshare(2)`), so that paths, pipes
    /// and locks are what they are in a process, and many commands can be executed at once.
    func varve(_ arguments: [String], input: String? = nil) throws -> Outcome {
        try captured { streams in
            let status = Mutex<Int32>(-1)
            let (folder, input) = (path, input ?? "/dev/null")
            let thread = try startThread {
                guard Linux.unshare(Linux.folder | Linux.descriptors) == 0, chdir(folder) == 0 else { return }
                // What others have open: the end of a pipe, which would not close, or the file of a lock.
                guard Linux.closeRange(0, .max, 0) == 0, open(input, O_RDONLY) == 0 else { return }
                for stream in streams { _ = open(stream, O_WRONLY) }
                let ending = Varve.execute(arguments)
                status.withLock { $0 = ending }
            }
            pthread_join(thread, nil)
            return status.withLock { $0 }
        }
    }

    /// Executes a line of the shell in which the command is `$0`.
    func shell(_ line: String) throws -> Outcome {
        let process = process(["-c", line, Self.command.path])
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        return try outcome(of: process)
    }

    private func outcome(of process: Process) throws -> Outcome {
        try captured { streams in
            process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: streams[0]))
            process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: streams[1]))
            try process.run()
            process.waitUntilExit()
            return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        }
    }

    /// What `body` wrote into two files, standard output and standard error: no reader is needed to keep them from
    /// filling, as with pipes.
    private func captured(_ body: ([String]) throws -> Int32) throws -> Outcome {
        let streams = ["out", "err"].map { "\(path)-\($0)-\(UUID().uuidString)" }
        for stream in streams { _ = FileManager.default.createFile(atPath: stream, contents: nil) }
        defer { for stream in streams { try? FileManager.default.removeItem(atPath: stream) } }
        let status = try body(streams)
        let texts = try streams.map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self) }
        return Outcome(status: status, output: texts[0], error: texts[1])
    }

    /// The rows of a statement as the command gives them in CSV, without the head.
    func rows(_ sql: String) throws -> [String] {
        let outcome = try varve("sql", sql, "--format", "csv")
        #expect(outcome.status == 0, "\(outcome.error)")
        return outcome.output.split(separator: "\n").dropFirst().map(String.init)
    }
}

/// What the GNU library has and Swift's import of it lacks.
private enum Linux {
    /// `CLONE_FS` and `CLONE_FILES`.
    static let (folder, descriptors): (Int32, Int32) = (0x200, 0x400)

    static let unshare = unsafeBitCast(dlsym(nil, "unshare"), to: (@convention(c) (Int32) -> Int32).self)
    static let closeRange = unsafeBitCast(
        dlsym(nil, "close_range"),
        to: (@convention(c) (UInt32, UInt32, Int32) -> Int32).self
    )
}
