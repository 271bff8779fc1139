import Glibc
import Storage

/// What a queue executes for a ``ProgramSweep``.
struct ProgramWork: QueueWork {
    let sweep: ProgramSweep
    let environment: JSON
    /// The path of the store.
    let store: String

    var points: ProgramGrid { sweep.grid }
    var count: Int { sweep.grid.count }
    var size: Int { sweep.grid.count }
    var patience: Duration { sweep.grace + .milliseconds(4000) }

    func size(of point: ProgramGrid.Point) -> Int { 1 }

    func beginning(of point: ProgramGrid.Point) -> RunBeginning {
        var run = NewRun()
        run.experiment = sweep.experiment
        run.seed = point.seed.map(Int64.init)
        run.params = params(of: point).map { ($0.key, $0.value) }
        run.architecture = sweep.grid.architecture.map { point.values[$0] }
        run.tags = sweep.tags
        run.facts = [("command", JSON.array(sweep.words(of: point).map { .string($0) }).text)]
        if !sweep.scraping.isEmpty {
            run.facts.append(("scrape", JSON.array(sweep.scraping.map { .string($0.text) }).text))
        }
        if let typed = typedParams(of: point) { run.facts.append((Self.typedFact, typed)) }
        run.environment = environment
        let wanted = sweep.wanted(point)
        run.programDigest = wanted.configurationDigest
        return RunBeginning(run: run, layers: [], wanted: wanted)
    }

    /// The fact that holds params as they were typed, where the store has numbers with other digits.
    static let typedFact = "params"

    private func typedParams(of point: ProgramGrid.Point) -> String? {
        guard point.values.contains(where: { SQLValue(reading: $0).text != $0 }) else { return nil }
        return JSON.object(zip(sweep.grid.params, point.values).map { JSON.Member($0.key, .string($1)) }).text
    }

    private func params(of point: ProgramGrid.Point) -> [Entry] {
        zip(sweep.grid.params, point.values).map { Entry(key: $0.key, value: SQLValue(reading: $1)) }
    }

    func makeMemory() -> ProgramFolder { ProgramFolder() }

    /// Starts the program, records what it says until it ends, and starts it once more where it failed and may be repeated.
    func execute(
        _ run: QueueRun<ProgramWork>,
        in folder: ProgramFolder
    ) throws -> (ending: RunEnding, remark: RefusedLines?) {
        let log = JoinedLog(run.open, params: params(of: run.point))
        var attempt = 1
        while true {
            let execution = try ProgramExecution(run, log, self, folder)
            let end = try execution.run()
            if end.isFailure, attempt <= sweep.retries, !run.ledger.interruption.isRequested {
                attempt += 1
                let open = run.open
                try run.record(advancing: 0) { recorder in
                    _ = try recorder.rewind(open, to: Int(Recorder.steps.lowerBound))
                }
                log.restart(open)
                continue
            }
            try keep(end, of: run)
            return (conclude(log, end, attempt), remark(log))
        }
    }

    /// Keeps the end of what the program printed, and what differs from the commit.
    private func keep(_ end: ProgramExecution.End, of run: QueueRun<ProgramWork>) throws {
        var files: [(path: String, content: ArtifactContent)] = []
        let patch = sweep.keepsPatch ? sweep.code.patch ?? [] : []
        for (name, bytes) in [("output.txt", end.output), ("error.txt", end.error), ("code.diff", patch)]
        where !bytes.isEmpty {
            files.append((ProgramSweep.folder + name, try ArtifactContent.content(bytes, for: store)))
        }
        guard !files.isEmpty else { return }
        let (open, kept) = (run.open, files)
        try run.record(advancing: 0) { recorder in
            for file in kept { try recorder.put(file.content, of: open, at: file.path) }
        }
    }

    private func conclude(_ log: JoinedLog, _ end: ProgramExecution.End, _ attempt: Int) -> RunEnding {
        var ending = RunEnding(end.status)
        ending.facts = end.facts
        if attempt > 1 { ending.facts.append(("attempts", "\(attempt)")) }
        let reasons = [end.reason, log.reason].compactMap(\.self)
        if !reasons.isEmpty { ending.reason = reasons.joined(separator: ": ") }
        return ending
    }

    private func remark(_ log: JoinedLog) -> RefusedLines? {
        let refusals = log.refusals
        guard refusals.count > 0 else { return nil }
        return RefusedLines(count: refusals.count, first: refusals.first.first.map { ($0.line, "\($0.error)") })
    }

    // MARK: What the program finds

    /// The variables of the program's environment.
    func variables(of run: QueueRun<ProgramWork>, log: String) -> [String] {
        var ours = [
            "VARVE_STORE=\(absolute(store))", "VARVE_RUN=\(run.open.uuid)", "VARVE_PARAMS=\(json(of: run.point))",
            "VARVE_BIN=\(sweep.keeper)", "VARVE_LOG=\(log)",
        ]
        if let seed = run.point.seed { ours.append("VARVE_SEED=\(seed)") }
        let names = ["STORE", "RUN", "PARAMS", "SEED", "BIN", "LOG"].map { "VARVE_\($0)=" }
        return sweep.variables.filter { variable in !names.contains { variable.hasPrefix($0) } } + ours
    }

    /// The params as JSON, numbers with the digits that were typed.
    private func json(of point: ProgramGrid.Point) -> String {
        let members = zip(sweep.grid.params, point.values).map { param, value in
            JSON.string(param.key).text + ": " + (Self.isJSONNumber(value) ? value : JSON.string(value).text)
        }
        return "{" + members.joined(separator: ", ") + "}"
    }

    /// Whether a text is a number as JSON has them, https://www.rfc-editor.org/rfc/rfc8259#section-6.
    static func isJSONNumber(_ text: String) -> Bool {
        var rest = text.utf8[...]
        func digits() -> Int {
            let count = rest.prefix { (48...57).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let leading = rest.first
        let whole = digits()
        guard whole > 0, whole == 1 || leading != UInt8(ascii: "0") else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return false }
        }
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    private func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return String(cString: folder) + "/" + path
    }
}

/// A folder for the pipes that programs write their logs to, or another thing of the moment; it goes away with whoever has it.
final class ProgramFolder {
    /// Nil where there is no room for it.
    let path: String?
    private var count = 0

    init() {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((parent + "/varve-exec-XXXXXX").utf8CString)
        path = mkdtemp(&template).map { String(cString: $0) }
    }

    deinit { if let path { Self.remove(path) } }

    /// Removes a folder of our own with what is in it.
    private static func remove(_ path: String) {
        guard rmdir(path) != 0, errno == ENOTEMPTY, let folder = opendir(path) else { return }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            let file = path + "/" + name
            if unlink(file) != 0, errno == EISDIR || errno == EPERM { remove(file) }
        }
        closedir(folder)
        rmdir(path)
    }

    /// The path of a pipe that is not there yet.
    func nextPipe() throws(DataError) -> String {
        guard let path else { throw DataError("no folder for the pipe of the program's log can be made in $TMPDIR") }
        count += 1
        return path + "/log-\(count)"
    }
}
