/// The members of a line's object, as they were found.
struct LogMembers {
    /// The keys that have a meaning; one of those from ``layer`` on decides what kind of line it is.
    enum Key: Int {
        case step, variance, value, timestamp, name, position, measure, afterNorm, reason
        case layer, metric, metrics, variances, param, tag, end, begin, artifact

        static let words = [
            "step", "variance", "value", "timestamp", "name", "position", "measure", "after_norm", "reason",
            "layer", "metric", "metrics", "variances", "param", "tag", "end", "begin", "artifact",
        ]
        static let count = 18

        var word: String { Self.words[rawValue] }

        /// What may be beside a key that decides the kind.
        var companions: [Key] {
            switch self {
            case .layer: [.step, .variance, .name, .position, .measure, .afterNorm]
            case .metric: [.step, .value, .timestamp]
            case .metrics: [.step, .variances, .timestamp]
            case .variances: [.step, .metrics, .timestamp]
            case .param, .tag: [.value]
            case .artifact: [.name]
            case .end: [.reason, .timestamp]
            default: []
            }
        }

        /// A line of this kind as it should be.
        var example: String {
            switch self {
            case .layer, .variance: #"{"step": 0, "layer": "conv1", "variance": 3.2}"#
            case .metric, .value: #"{"step": 0, "metric": "loss", "value": 2.3}"#
            case .metrics, .variances: #"{"step": 0, "metrics": {"loss": 2.3}, "variances": {"conv1": 3.2}}"#
            case .param: #"{"param": "lr", "value": 0.1}"#
            case .tag: #"{"tag": "colour", "value": "blue"}"#
            case .end: #"{"end": "finished"}"#
            case .artifact: #"{"artifact": "out/loss.png", "name": "plots/loss.png"}"#
            case .begin: #"{"begin": {"name": "first try", "params": {"lr": 0.1}}}"#
            default: #"{"step": 0, "loss": 2.3}"#
            }
        }
    }

    var values = InlineArray<18, JSONScanner.Value?>(repeating: nil)
    private var count = 0
    /// What has no key of ours: in a flat line the metrics.
    private var others: [(key: String, value: JSONScanner.Value)] = []

    mutating func set(_ word: String, _ value: JSONScanner.Value) throws(LogError) {
        guard let index = Key.words.firstIndex(of: word) else {
            guard !others.contains(where: { $0.key.isExactly(word) }) else { throw Self.twice(word) }
            return others.append((word, value))
        }
        guard values[index] == nil else { throw Self.twice(word) }
        values[index] = value
        count += 1
    }

    private static func twice(_ word: String) -> LogError { LogError("'\(LogError.excerpt(word))' is given twice") }

    /// The key that decides the kind of line.
    private var kind: Key? { (Key.layer.rawValue..<Key.count).first { values[$0] != nil }.flatMap(Key.init) }

    /// The line that was meant, as it should be; nil where nothing would make it right.
    var example: String? {
        if let kind { return kind.example }
        guard others.isEmpty else { return Key.step.example }
        return has(.variance) ? Key.layer.example : has(.value) ? Key.metric.example : Key.step.example
    }

    // MARK: What they say together

    func entry() throws(LogError) -> LogEntry {
        guard let kind else { return .step(try flatStep()) }
        let companions = kind.companions
        guard others.isEmpty, companions.count(where: { has($0) }) == count - 1 else { throw stranger(beside: kind) }
        switch kind {
        case .layer:
            let layer = try LoggedLayer(
                layer: name(.layer),
                name: has(.name) ? name(.name) : nil,
                position: has(.position) ? position() : nil,
                measure: has(.measure) ? name(.measure) : nil,
                afterNorm: has(.afterNorm) ? truth(.afterNorm) : nil
            )
            guard has(.step) || has(.variance) else { return .layer(layer) }
            return try .variance(layer, step: step(), number(.variance))
        case .metric: return try .metric(name(.metric), step: step(), number(.value), timestamp: timestamp())
        case .metrics, .variances:
            var all = try LoggedStep(step: step(), metrics: numbers(.metrics), variances: numbers(.variances))
            all.timestamp = try timestamp()
            return .step(all)
        case .param: return try .param(name(.param), member(.value).stored)
        case .tag: return try .tag(name(.tag), text(.value))
        case .begin: return .begin(try begin())
        case .artifact: return .artifact(try artifact())
        default:
            return try .end(LoggedEnd(status: status(), reason: has(.reason) ? text(.reason) : nil, ended: timestamp()))
        }
    }

    /// A line of a step, a timestamp and otherwise numbers only: each is a metric.
    private func flatStep() throws(LogError) -> LoggedStep {
        guard !others.isEmpty else {
            let isEmpty = count == 0
            throw LogError(isEmpty ? "the object is empty" : "it does not say what was measured")
        }
        var all = LoggedStep(step: try step(), timestamp: try timestamp())
        // In such a line these are names like any other.
        for key in [Key.variance, .value, .name, .position, .measure, .afterNorm, .reason] where has(key) {
            all.metrics.append(LoggedValue(name: key.word, value: try number(key)))
        }
        for (key, value) in others {
            guard let number = value.number else { throw Self.wrong(key, value, Self.numberWords) }
            all.metrics.append(LoggedValue(name: key, value: number))
        }
        return all
    }

    private func artifact() throws(LogError) -> LoggedArtifact {
        let file = try name(.artifact)
        let path = try has(.name) ? name(.name) : String(file.split(separator: "/").last ?? "")
        do throws(StoreError) {
            return LoggedArtifact(file: file, path: try ArtifactPath(path))
        } catch {
            throw LogError(error.description)
        }
    }

    private func begin() throws(LogError) -> LoggedRun {
        var run = LoggedRun()
        for (key, value) in try Self.object("begin", member(.begin)) {
            switch key {
            case "experiment": run.experiment = try Self.name(key, value)
            case "name": run.name = try Self.name(key, value)
            case "architecture": run.architecture = try Self.name(key, value)
            case "measure": run.measure = try Self.name(key, value)
            case "seed":
                guard case .integer(let seed) = value else { throw Self.wrong(key, value, "a whole number") }
                run.seed = seed
            case "started": run.started = try Self.moment(key, value)
            case "params": run.params = try Self.object(key, value).map { Entry(key: $0.key, value: $0.value.stored) }
            case "tags":
                for tag in try Self.object(key, value) {
                    run.tags.append(Entry(key: tag.key, value: .text(try Self.text(tag.key, tag.value))))
                }
            case "ignore":
                guard case .nested(let text) = value, let list = try? JSON(parsing: text), case .array(let items) = list
                else { throw Self.wrong(key, value, "a list of the keys of params") }
                for item in items {
                    guard case .string(let word) = item else {
                        throw Self.wrong(key, value, "a list of the keys of params")
                    }
                    run.ignore.append(word)
                }
            case "environment":
                guard case .nested(let text) = value, case .object(let members)? = try? JSON(parsing: text) else {
                    throw Self.wrong(key, value, "an object")
                }
                run.environment = members
            default:
                throw LogError(
                    "'\(LogError.excerpt(key))' does not belong in 'begin', which has name, experiment, architecture, "
                        + "seed, params, tags, ignore, environment, started and measure"
                )
            }
        }
        return run
    }

    private func has(_ key: Key) -> Bool { values[key.rawValue] != nil }

    private func stranger(beside kind: Key) -> LogError {
        let known = [kind] + kind.companions
        let stranger = Key.words.indices.compactMap(Key.init).first { has($0) && !known.contains($0) }
        let word = stranger?.word ?? others.first?.key ?? ""
        return LogError("'\(LogError.excerpt(word))' does not belong beside '\(kind.word)'")
    }
}
