import Glibc
import Storage
import Synchronization

/// Signals that end a command in an orderly way: what runs is recorded as killed before the process ends.
enum Signals {
    /// What a signal ends.
    static let interruption = Interruption()
    private static let number = Atomic<Int32>(0)

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
        // The first use makes the variables, which a signal handler must not do.
        _ = (interruption, received)
        var ours = sigset_t()
        sigemptyset(&ours)
        for signal in [SIGINT, SIGTERM, SIGHUP] {
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
            sigaddset(&ours, signal)
        }
        // A parent's thread may have had them blocked, and blocked signals are inherited.
        pthread_sigmask(SIG_UNBLOCK, &ours, nil)
    }

    /// From here on SIGINT, SIGTERM and SIGHUP are for others.
    static func ignoreInterruptions() {
        for signal in [SIGINT, SIGTERM, SIGHUP] { Glibc.signal(signal, SIG_IGN) }
    }

    /// Lets the process end when a time is over, whatever it does then: for what only reads.
    ///
    /// One call of an SQL function can take hours, in which SQLite looks neither at the clock nor for an interruption.
    static func end(after seconds: Double) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            let line: StaticString =
                "varve: the statement was not done in the time of --timeout: ask for less, or give more\n"
            _ = write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
            _exit(69)
        }
        sigaction(SIGALRM, &action, nil)
        var ours = sigset_t()
        sigemptyset(&ours)
        sigaddset(&ours, SIGALRM)
        pthread_sigmask(SIG_UNBLOCK, &ours, nil)
        let whole = seconds.rounded(.down)
        var timer = itimerval()
        timer.it_value = timeval(tv_sec: Int(whole), tv_usec: Int((seconds - whole) * 1_000_000))
        setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
    }
}
