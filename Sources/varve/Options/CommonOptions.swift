import ArgumentParser
import Glibc
import Questions
import Storage

/// The options of every command.
struct CommonOptions: ParsableArguments {
    @Option(
        help: .value("path", "The store. (default: $VARVE_STORE, else varve.db)"),
        completion: .file()
    )
    var store: String?

    @Option(help: .value("format", "How results are written: table, json, csv or markdown."))
    var format = OutputFormat.table

    @Option(help: .value("when", "Colours in tables: auto, always or never."))
    var color = ColorChoice.auto

    @Flag(help: "In CSV, put an apostrophe before texts that a spreadsheet would take for formulas.")
    var csvSafe = false

    @Flag(help: "No progress and no notices; results and errors only.")
    var quiet = false

    var storePath: String {
        if let store { return store }
        guard let variable = getenv("VARVE_STORE"), variable.pointee != 0 else { return "varve.db" }
        return String(cString: variable)
    }

    /// Opens the store for questions.
    func openForReading() throws -> Store {
        let store = try OpenStores.open(storePath, for: .reading)
        noticeOfMetrics(store)
        return store
    }

    /// Says where what is read of a store lacks values of metrics.
    func noticeOfMetrics(_ store: Store) {
        guard store.isWaitingForMetrics else { return }
        notice(
            "the last values of metrics that a server recorded are missing: they cannot be put in place in \(store.path) now"
        )
    }

    /// Opens the store for what people ask first, maybe before there is one.
    func openForQuestions() throws -> Store {
        do { return try openForReading() } catch { throw Hints.ofQuestion(error) }
    }

    /// Opens the store for recording, making it where there is none.
    func openForWriting() throws -> Store {
        let store = try OpenStores.open(storePath, for: .writing)
        if let system = store.networkFileSystem {
            notice("\(store.path) is on a network file system (\(system)): record on a local disk and merge")
        }
        return store
    }

    /// Opens the store for taking the content of files: one that is made for it is no more open than they are.
    func openForWriting(contentOf sources: [String]) throws -> Store {
        FilePermissions.makeFile(at: storePath, asPrivateAs: sources)
        let store = try openForWriting()
        if let permissions = FilePermissions(of: storePath) {
            for source in sources {
                guard let other = FilePermissions(of: source), permissions.isMoreOpen(than: other) else { continue }
                notice("\(store.path) can be read by people who cannot read \(source)")
            }
        }
        return store
    }

    /// Opens the store for SQL that a person typed.
    func openForSQL() throws -> Store {
        let store = try OpenStores.open(storePath, for: .typed)
        noticeOfMetrics(store)
        return store
    }

    /// Opens the store for changing what is in it, which must be there.
    func openForChanging() throws -> Store { try OpenStores.open(storePath, for: .migrating) }

    func output() -> Output { Output(format: format, color: color, isCSVSafe: csvSafe) }

    /// Says of each number that names a run that an architecture is called so too.
    func noteNumbers(_ words: [String], in store: Store) {
        let numbers = words.filter { word in !word.isEmpty && word.utf8.allSatisfy { (48...57).contains($0) } }
        guard !numbers.isEmpty, let known = try? store.architectures() else { return }
        for word in numbers where known.holds(word) {
            notice("\(word) is run \(word) here: the architecture is \"architecture = '\(word)'\"")
        }
    }

    /// Says of a name that nothing has which one was probably meant.
    func note(_ unknown: UnknownName, in store: Store) throws {
        let meant = try RunList.closest(to: unknown, in: store).map { ": did you mean \($0)?" } ?? ""
        notice("\(unknown)\(meant)")
    }

    /// Writes a line on standard error that is neither result nor error.
    func notice(_ line: @autoclosure () -> String) {
        if !quiet { writeLine(Varve.shortened(escaped(line())), to: STDERR_FILENO) }
    }

    /// Says which params keep every run apart from all others, where there are any.
    func notice(ofOwnParams own: IgnoredKeys) {
        let words = own.words.joined(separator: ", ")
        guard !words.isEmpty else { return }
        let keys = shellQuoted(own.words.joined(separator: ","))
        notice(
            "each run has a value of \(words) of its own, so none is put together with another: --ignore \(keys) changes that"
        )
    }
}

/// How results are written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, csv, markdown
}

/// When tables are coloured.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
}
