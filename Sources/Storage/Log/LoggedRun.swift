/// What is known of a logged run before its first step: by the options of a command, or by the line `begin`.
public struct LoggedRun: Sendable, Equatable {
    public var experiment: String?
    public var name: String?
    public var architecture: String?
    public var seed: Int64?
    public var params: [Entry] = []
    /// The values are texts.
    public var tags: [Entry] = []
    /// The keys of params that comparisons leave out.
    public var ignore: [String] = []
    /// What it is executed with: versions, machine, git commit.
    public var environment: [JSON.Member] = []
    /// Milliseconds since 1970.
    public var started: Int64?
    /// What the numbers of layers are that declare nothing else; see ``LayerPlace/measure``.
    public var measure: String?

    public init() {}

    /// All that is known, where the line `begin` adds to what was given before; what was given counts.
    func adding(_ line: LoggedRun) -> LoggedRun {
        var all = self
        all.experiment = experiment ?? line.experiment
        all.name = name ?? line.name
        all.architecture = architecture ?? line.architecture
        all.seed = seed ?? line.seed
        all.started = started ?? line.started
        all.measure = measure ?? line.measure
        all.params += line.params.filter { param in !params.contains { $0.key.isExactly(param.key) } }
        let given = Set(tags.map { ExactText($0.key) })
        all.tags += line.tags.filter { !given.contains(ExactText($0.key)) }
        all.ignore += line.ignore.filter { !ignore.holds($0) }
        let said = Set(line.environment.map { ExactText($0.key) })
        all.environment = environment.filter { !said.contains(ExactText($0.key)) } + line.environment
        return all
    }

    /// The run to begin.
    var new: NewRun {
        var run = NewRun()
        if let experiment { run.experiment = experiment }
        run.name = name
        run.architecture = architecture
        run.seed = seed
        run.started = started
        run.params = params.map { ($0.key, $0.value) }
        run.tags = tags.map { ($0.key, $0.text) }
        run.ignoredParams = ignore
        if !environment.isEmpty { run.environment = .object(environment) }
        return run
    }
}

extension Entry {
    /// The value of a tag.
    var text: String {
        if case .text(let text) = value { return text }
        return JSON(value).text
    }
}
