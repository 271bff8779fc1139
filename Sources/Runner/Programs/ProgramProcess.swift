import Glibc

/// A program at work, and the keeper that ends it and all it has started, whatever becomes of this process.
struct ProgramProcess: ~Copyable {
    /// What became of a program.
    enum Ending: Sendable, Equatable {
        case exited(Int32)
        case ended(by: Int32)
        /// It could not be started; `errno`.
        case notStarted(Int32)
        /// Its keeper ended before it did.
        case lost
    }

    /// What the program prints, and what it prints of errors: open until everything it has started has ended.
    let output: Int32
    let error: Int32
    /// The keeper's report.
    let report: Int32
    private let orders: Int32
    private let keeper: pid_t

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - words: the program and its arguments.
    ///   - environment: its variables, as `NAME=value`.
    ///   - grace: how long what it leaves behind may take to end, in milliseconds.
    ///   - command: the file of this command, whose hidden mode is the keeper.
    /// - Throws: ``DataError`` where the system refuses.
    init(_ words: [String], environment: [String], grace: Int64, command: String) throws(DataError) {
        var pipes: [Int32] = []
        func refuse(_ what: String, _ code: Int32) -> DataError {
            for end in pipes { close(end) }
            return DataError("\(what): \(String(cString: strerror(code)))")
        }
        for _ in 0..<4 {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { throw refuse("no pipe for the program", errno) }
            // What another thread starts meanwhile may have them; a keeper closes what it was not given.
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            pipes += ends
        }
        let (ordersRead, ordersWrite, reportRead, reportWrite) = (pipes[0], pipes[1], pipes[2], pipes[3])
        let (outputRead, outputWrite, errorRead, errorWrite) = (pipes[4], pipes[5], pipes[6], pipes[7])

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        // Above the numbers that they are to have, so that none is written over before it is taken.
        var high: [Int32] = []
        for end in [outputWrite, errorWrite, ordersRead, reportWrite] {
            let copy = fcntl(end, F_DUPFD_CLOEXEC, 10)
            guard copy >= 0 else {
                for copy in high { close(copy) }
                throw refuse("no descriptor for the program", errno)
            }
            high.append(copy)
        }
        defer { for copy in high { close(copy) } }
        for (number, end) in zip([1, 2, 3, 4] as [Int32], high) {
            posix_spawn_file_actions_adddup2(&actions, end, number)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // A session of its own: a terminal's Ctrl-C does not reach it. POSIX_SPAWN_SETSID is 0x80.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | 0x80)

        var arguments: [UnsafeMutablePointer<CChar>?] =
            (["varve", ProgramSweep.keeperWord, "\(grace)"] + words).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for word in arguments + variables { free(word) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, command, &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw refuse("the program cannot be started", code) }
        for end in [ordersRead, reportWrite, outputWrite, errorWrite] { close(end) }
        for end in [reportRead, outputRead, errorRead] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        (orders, report, output, error, keeper) = (ordersWrite, reportRead, outputRead, errorRead, child)
    }

    /// Closing the pipe of orders ends whatever is left.
    deinit {
        for end in [orders, report, output, error] { close(end) }
        var status: Int32 = 0
        while waitpid(keeper, &status, 0) < 0, errno == EINTR {}
    }

    /// Asks the program, and all it has started, to end.
    borrowing func ask() { order(UInt8(ascii: "T")) }

    /// Ends the program and all it has started.
    borrowing func end() { order(UInt8(ascii: "K")) }

    private borrowing func order(_ byte: UInt8) {
        var byte = byte
        // A keeper that has ended needs no orders; SIGPIPE is ignored by the command.
        _ = write(orders, &byte, 1)
    }

    /// What the keeper's report says.
    static func ending(_ report: [UInt8]) -> Ending {
        let line = String(decoding: report.prefix { $0 != 10 }, as: UTF8.self)
        let words = line.split(separator: " ")
        guard words.count == 2, let number = Int32(words[1]) else { return .lost }
        switch words[0] {
        case "exit": return .exited(number)
        case "signal": return .ended(by: number)
        case "error": return .notStarted(number)
        default: return .lost
        }
    }
}
