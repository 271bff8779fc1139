import ArgumentParser
import Glibc
import Questions
import Runner
import Server
import Storage

/// A wrong use of the command line, told in one line.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// What the command line itself cannot do, told in one line that says what to do, with its exit status.
struct CommandError: Error, CustomStringConvertible {
    /// The exit statuses, after the BSD convention in `sysexits.h`.
    enum Status: Int32 {
        case usage = 64
        case badData = 65
        case missing = 66
        case unavailable = 69
        case cannotCreate = 73
        case inputOutput = 74
    }

    let status: Status
    let description: String

    init(_ status: Status, _ description: String) {
        self.status = status
        self.description = description
    }
}

/// An output that could not be written.
struct OutputError: Error, CustomStringConvertible {
    let code: Int32

    var description: String { "cannot write the output: \(String(cString: strerror(code)))" }
}

extension Varve {
    /// Says what ended a command: nothing for a closed pipe, the text for help, otherwise one line on standard error.
    ///
    /// - Parameters:
    ///   - error: what ended it.
    ///   - arguments: the command line, without the program.
    /// - Returns: the exit status.
    static func report(_ error: any Error, _ arguments: [String] = []) -> Int32 {
        if let output = error as? OutputError, output.code == EPIPE { return EXIT_SUCCESS }
        if let code = error as? ExitCode { return code.rawValue }
        if isFromParser(error), exitCode(for: error) == .success {
            guard writeLine(fullMessage(for: error), to: STDOUT_FILENO) else { return report(OutputError(code: errno)) }
            return EXIT_SUCCESS
        }
        if let signal = Signals.received {
            writeLine("varve: interrupted", to: STDERR_FILENO)
            return 128 + signal
        }
        writeLine(shortened("varve: " + line(for: error, arguments)), to: STDERR_FILENO)
        return status(of: error)
    }

    /// A line of at most 500 characters; the lines after it, which show a place in a filter, stay.
    static func shortened(_ text: String) -> String {
        let end = text.unicodeScalars.firstIndex(of: "\n") ?? text.endIndex
        let line = text[..<end].unicodeScalars
        guard line.count > 500 else { return text }
        return String(line.prefix(499)) + "…" + text[end...]
    }

    /// Errors of the argument parser have types that it keeps to itself; ours are known.
    private static func isFromParser(_ error: any Error) -> Bool { knownStatus(of: error) == nil }

    /// One line; after that of a filter two more show the place.
    private static func line(for error: any Error, _ arguments: [String]) -> String {
        if let error = error as? FilterError {
            return error.lines(width: terminalWidth(STDERR_FILENO) ?? 100).joined(separator: "\n")
        }
        guard isFromParser(error) else { return escaped(Hints.line(for: error)) }
        var command = ""
        var level = configuration.groupedSubcommands.flatMap { $0.subcommands }
        for word in words(in: arguments) where !level.isEmpty {
            guard let next = level.first(where: { $0.configuration.commandName == word }) else {
                let names = level.compactMap { $0.configuration.commandName }
                guard let meant = Suggestion.closest(to: word, among: names) else { break }
                let name = (command + " " + word).dropFirst()
                return escaped(
                    "there is no command '\(name)': did you mean \(meant)? ('varve\(command) --help' lists them)"
                )
            }
            command += " " + word
            level = next.configuration.subcommands
        }
        let message = message(for: error).split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }
        return escaped(message.joined(separator: " ")) + " (see 'varve\(command) --help')"
    }

    /// The words that are neither options nor the values of those that every command has.
    private static func words(in arguments: [String]) -> [String] {
        var (rest, words) = (arguments[...], [String]())
        while let word = rest.popFirst() {
            if ["--store", "--format", "--color"].contains(word) { _ = rest.popFirst() }
            if !word.hasPrefix("-") { words.append(word) }
        }
        return words
    }

    /// The exit status, after the BSD convention in `sysexits.h`.
    private static func status(of error: any Error) -> Int32 {
        knownStatus(of: error)?.rawValue ?? exitCode(for: error).rawValue
    }

    /// The status of an error that is one of ours.
    static func knownStatus(of error: any Error) -> CommandError.Status? {
        switch error {
        case let error as CommandError: error.status
        case is UsageError, is ConfigurationError, is FilterError, is SelectionError: .usage
        case is DataError: .badData
        case let error as FileError:
            switch error.kind {
            case .malformed: .badData
            case .missing: .missing
            case .unreadable: .inputOutput
            }
        case let error as StoreError:
            switch error.code {
            case .invalid, .damaged, .altered, .newer: .badData
            case .missing: .missing
            case .cannotCreate: .cannotCreate
            case .unreadable, .unwritable: .inputOutput
            case .busy: .unavailable
            }
        case let error as SQLiteError:
            switch error.kind {
            case .locked, .deadline: .unavailable
            case .readOnly, .cannotOpen: .cannotCreate
            case .full, .inputOutput, .tooLarge, .interrupted: .inputOutput
            case .damaged, .unexpectedType, .constraint, .notAllowed, .other: .badData
            }
        case let error as QuestionError: error.isMissing ? .missing : .badData
        case let error as ServerError:
            switch error {
            case .portTaken, .cannotListen: .unavailable
            case .needsToken: .usage
            case .noToken: .missing
            case .cannotMakeToken: .cannotCreate
            }
        case is NoDataset: .missing
        case let error as CollectorError:
            switch error {
            case .noAnswer, .busy, .stranger, .noClient: .unavailable
            case .badAddress, .refused(_, 401, _): .usage
            case .refused(_, 403, _): .cannotCreate
            case .refused(_, 507, _): .inputOutput
            case .refused: .badData
            }
        case is TeamRefusal: .unavailable
        case PictureError.otherEnding: .usage
        case is OutputError, is InputError, is PictureError: .inputOutput
        default: nil
        }
    }
}
