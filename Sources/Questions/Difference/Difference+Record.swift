import Storage

extension Difference: Recordable {
    /// The facts by section, each with what comes before its keys.
    public var sections: [(prefix: String, facts: [Fact])] {
        [("", facts), ("params.", params), ("tags.", tags), ("digests.", digests), ("environment.", environment)]
    }

    public var record: Record {
        func object(_ facts: [Fact]) -> JSON { .object(facts.map { .init($0.key, ["a": $0.a, "b": $0.b]) }) }
        func side(_ run: Run, _ value: (Fact) -> JSON) -> JSON {
            .object(
                [.init("run", .integer(run.number)), .init("uuid", .string(run.uuid))]
                    + facts.map { .init($0.key, value($0)) }
            )
        }
        let differs = sections.flatMap { section in
            section.facts.filter(\.differs).map { JSON.string(section.prefix + $0.key) }
        }
        return [
            "a": side(a) { $0.a },
            "b": side(b) { $0.b },
            "differs": .array(differs),
            "params": object(params),
            "tags": object(tags),
            "digests": object(digests),
            "environment": object(environment),
            "metrics": .array(metrics.filter { $0.parting != nil }.map(\.record.json)),
            "variances": JSON(parting?.record),
            "steps": ["common": JSON(steps.common), "only_a": JSON(steps.onlyA), "only_b": JSON(steps.onlyB)],
            "not_compared": .array(notCompared.map { .string($0) }),
        ]
    }

    /// How many metrics are named one by one.
    private static let namedMetrics = 10

    /// What is said of the metrics and the variances, and of what was not compared.
    public var sentences: [String] {
        var sentences = metricSentences
        if let parting {
            var line =
                "The variances differ first at step \(parting.step), \(parting.place.shortName): "
                + values(parting.a, parting.b)
            if let ulps = parting.distance.ulps {
                line += ", \(counted(ulps, "ulp")) of float32"
                if let relative = parting.distance.relative { line += ", \(formatted("%.3g", relative)) relative" }
            }
            sentences.append(line + ".")
        } else if steps.common == incomparableSteps {
            let reason = steps.common == 0 ? "no common step" : "no common step with the same measure"
            sentences.append("The runs have \(reason): no variances were compared.")
        } else {
            let compared = counted(steps.common - incomparableSteps, "common step")
            sentences.append("The variances are identical at \(compared).")
        }
        if !notCompared.isEmpty { sentences.append("Not compared: \(notCompared.joined(separator: "; ")).") }
        return sentences
    }

    private var metricSentences: [String] {
        let differing = metrics.filter { $0.parting != nil }
        var sentences = differing.prefix(Self.namedMetrics).map { fact in
            "The metric \(fact.metric) differs first at step \(fact.parting?.step ?? 0): "
                + values(fact.parting?.a, fact.parting?.b) + "."
        }
        let rest = differing.count - sentences.count
        if rest > 0 { sentences.append("\(counted(rest, "more metric")) \(rest == 1 ? "differs" : "differ").") }
        let same = metrics.filter { $0.parting == nil }
        let names = same.prefix(Self.namedMetrics).map { "\($0.metric) at \(counted($0.steps.common, "common step"))" }
        let more = same.count > names.count ? " and \(same.count - names.count) more" : ""
        if !names.isEmpty { sentences.append("Identical metrics: \(names.joined(separator: ", "))\(more).") }
        if metrics.isEmpty { sentences.append("The runs have no metric in common.") }
        return sentences
    }

    private func values(_ ours: Double?, _ theirs: Double?) -> String {
        func told(_ value: Double?) -> String { value.map(NumberText.exact) ?? "not recorded" }
        return "\(told(ours)) in run \(a.number), \(told(theirs)) in run \(b.number)"
    }
}

extension Difference.Parting: Recordable {
    public var record: Record {
        [
            "step": .integer(step),
            "layer": .string(place.name),
            "name": .string(place.shortName),
            "a": JSON(a),
            "b": JSON(b),
            "ulps": JSON(distance.ulps.map { Int64($0) }),
            "relative": JSON(distance.relative),
        ]
    }
}

extension Difference.MetricFact: Recordable {
    /// Where the values part; nulls where they do not.
    public var record: Record {
        ["metric": .string(metric), "step": JSON(parting?.step), "a": JSON(parting?.a), "b": JSON(parting?.b)]
    }
}
