import Storage

extension Difference: Recordable {
    /// The facts by section, each with what stands before its keys.
    public var sections: [(prefix: String, facts: [Fact])] {
        [("", facts), ("params.", params), ("digests.", digests), ("environment.", environment)]
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
            "digests": object(digests),
            "environment": object(environment),
            "variances": JSON(parting?.record),
            "steps": ["common": JSON(steps.common), "only_a": JSON(steps.onlyA), "only_b": JSON(steps.onlyB)],
        ]
    }

    /// What is said of the variances.
    public var sentences: [String] {
        var sentences: [String] = []
        if let parting {
            func told(_ value: Double?) -> String { value.map(NumberText.exact) ?? "not recorded" }
            var line =
                "The variances differ first at step \(parting.step), \(parting.place.shortName): "
                + "\(told(parting.a)) in run \(a.number), \(told(parting.b)) in run \(b.number)"
            if let ulps = parting.distance.ulps {
                line += ", \(counted(ulps, "ulp")) of float32"
                if let relative = parting.distance.relative { line += ", \(formatted("%.3g", relative)) relative" }
            }
            sentences.append(line + ".")
        } else if isMeasuredDifferently {
            sentences.append("The variances were measured in different ways, which are never compared.")
        } else if steps.common == 0 {
            sentences.append("The runs have no common step: no variances to compare.")
        } else {
            sentences.append("The variances are identical at \(counted(steps.common, "common step")).")
        }
        if steps.onlyA + steps.onlyB > 0 {
            sentences.append(
                "Only common steps were compared: \(counted(steps.onlyA, "step")) of run \(a.number) and "
                    + "\(counted(steps.onlyB, "step")) of run \(b.number) have no counterpart"
                    + (parting == nil ? "." : " up to there.")
            )
        }
        return sentences
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
