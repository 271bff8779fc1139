import Glibc
import Storage
import Synchronization

/// Signals that end a command in an orderly way: what runs is recorded as killed before the process ends.
enum Signals {
    /// What a signal ends.
    static let interruption = Interruption()
    private static let number = Atomic<Int32>(0)
    private static let isOurs = Atomic<Bool>(false)

    /// Whether the process does nothing but one command: what changes all of it, as a signal or a limit does, is left
    /// alone otherwise.
    static var isProcessOurs: Bool { isOurs.load(ordering: .relaxed) }

    /// Says that the process does nothing but one command.
    static func ownProcess() {
        isOurs.store(true, ordering: .relaxed)
        // A closed pipe is then an error of the write, which the output knows how to end quietly on.
        signal(SIGPIPE, SIG_IGN)
        // So is a file that is as large as `ulimit -f` allows.
        signal(SIGXFSZ, SIG_IGN)
    }

    /// The signal that asked for the end, if one came.
    static var received: Int32? {
        let signal = number.load(ordering: .relaxed)
        return signal == 0 ? nil : signal
    }

    /// The signal that asked for the end, once: what fails later fails for a reason of its own.
    static func take() -> Int32? {
        let signal = number.exchange(0, ordering: .relaxed)
        return signal == 0 ? nil : signal
    }

    /// From here on SIGINT, SIGTERM and SIGHUP are noted instead of ending the process; a second one ends it at once.
    static func catchInterruptions() {
        guard isProcessOurs else { return }
        // The first use makes the variables, which a signal handler must not do.
        _ = (interruption, received)
        for signal in endings {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { signal in
                Signals.number.store(signal, ordering: .relaxed)
                Signals.interruption.request()
            }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
            // A command started with nohup goes on ignoring the hang-up.
            var before = sigaction()
            sigaction(signal, nil, &before)
            let isIgnored = unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == 1
            if !isIgnored { sigaction(signal, &action, nil) }
        }
        // A parent's thread may have had them blocked, and blocked signals are inherited.
        var ours = set(of: endings)
        pthread_sigmask(SIG_UNBLOCK, &ours, nil)
    }

    /// From here on SIGINT, SIGTERM and SIGHUP wait until ``waitForInterruption()`` takes one: for what works on other threads,
    /// which have to be started afterwards.
    static func holdInterruptions() {
        var held = set(of: endings)
        pthread_sigmask(SIG_BLOCK, &held, nil)
    }

    /// Waits for one of the signals that are held.
    ///
    /// - Returns: its number.
    static func waitForInterruption() -> Int32 {
        var held = set(of: endings)
        var signal: Int32 = 0
        while sigwait(&held, &signal) != 0 {}
        return signal
    }

    private static let endings = [SIGINT, SIGTERM, SIGHUP]

    private static func set(of signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }

    /// From here on SIGINT, SIGTERM and SIGHUP are for others.
    static func ignoreInterruptions() {
        for signal in endings { Glibc.signal(signal, SIG_IGN) }
    }

    /// Lets the process end when a time is over, whatever it does then: for what only reads.
    ///
    /// One call of an SQL function can take hours, in which SQLite looks neither at the clock nor for an interruption.
    static func end(after seconds: Double) {
        guard isProcessOurs else { return }
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            let line: StaticString =
                "varve: the statement was not done in the time of --timeout: ask for less, or give more\n"
            _ = write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
            _exit(69)
        }
        sigaction(SIGALRM, &action, nil)
        var ours = set(of: [SIGALRM])
        pthread_sigmask(SIG_UNBLOCK, &ours, nil)
        let whole = seconds.rounded(.down)
        var timer = itimerval()
        timer.it_value = timeval(tv_sec: Int(whole), tv_usec: Int((seconds - whole) * 1_000_000))
        setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
    }
}
