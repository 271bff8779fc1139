import HTTPTypes
import Storage
import Synchronization

/// Executes SQL that a person typed, in a process of its own that is killed when its time is over: one call of an SQL
/// function can take hours, in which SQLite looks neither at the clock nor for an interruption.
final class TypedSQL: Sendable {
    private let command: String?
    private let store: String
    private let time: Duration
    /// Threads that wait for the processes.
    private let team: ThreadTeam<Bool>
    /// A process that is started while another one is would inherit its pipes.
    private let starting = Mutex(())

    /// How much of an answer is taken, in bytes.
    private static let outputLimit = 32 << 20
    /// One word of a command line has at most 128 KiB.
    static let statementLimit = 100_000

    init(_ settings: ServerSettings) throws {
        command = settings.command
        store = settings.store
        time = settings.sqlTime
        team = try ThreadTeam(threads: 2, capacity: 16) { true }
    }

    func shutDown() async { await team.shutDown(isHurried: true) }

    /// The answer of a statement, as `varve sql` writes it.
    ///
    /// - Throws: ``Problem`` for SQL that is wrong or not allowed, or takes too long.
    func answer(_ statement: String, format: String) async throws -> [UInt8] {
        guard let command else { throw Problem(.notImplemented, "this server executes no SQL") }
        guard !statement.utf8.contains(0) else { throw Problem(.badRequest, "the statement holds a NUL") }
        guard statement.utf8.count <= Self.statementLimit else {
            throw Problem(.unprocessableContent, "the statement has more than \(Self.statementLimit) bytes")
        }
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        let words = [
            "varve", "sql", "--store", store, "--format", format, "--timeout", "\(seconds)", "--", statement,
        ]
        let interruption = Interruption(deadline: .now + time + .milliseconds(500))
        let outcome = try await team.run(interruption) { _ in
            do {
                return try ChildProcess.run(
                    command,
                    words,
                    environment: .few,
                    outputLimit: Self.outputLimit,
                    oneAtATime: self.starting,
                    interruption
                )
            } catch let error as ChildProcess.Failure {
                throw Problem(.internalServerError, error.description)
            }
        }
        let complaint =
            String(decoding: outcome.error, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
        let reason = Problem.withoutPath(
            complaint.hasPrefix("varve: ") ? String(complaint.dropFirst(7)) : complaint,
            store
        )
        switch outcome.end {
        case .exited(0): return outcome.output
        case .tooMuch: throw Problem(.unprocessableContent, "the answer has more than \(Self.outputLimit) bytes")
        case .late, .exited(69): throw Problem(.serviceUnavailable, "the statement was not done in \(seconds) s")
        case .exited(64), .exited(65): throw Problem(.badRequest, reason)
        case .exited, .killed: throw Problem(.internalServerError, "the statement failed: \(reason)")
        }
    }
}
