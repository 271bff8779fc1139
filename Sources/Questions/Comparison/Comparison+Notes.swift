import Analysis
import Storage

/// What else has to be known to read the numbers of a comparison correctly.
extension Comparison {
    public var notes: [String] {
        var notes = sides.flatMap(notes(on:))
        if !pairing.isPaired {
            let hasTest = sides.allSatisfy { $0.group.runs.count > 1 }
            notes.append(
                (pairing.seeds.isEmpty ? "no common seed" : "one common seed, and pairs need two")
                    + (hasTest ? ": compared as independent runs (Welch)" : ": compared as independent runs")
            )
        }
        let shared = Set(a.group.runs.map(\.number)).intersection(b.group.runs.map(\.number)).count
        if shared > 0 { notes.append("\(counted(shared, "run")) on both sides: they show no difference") }
        if step == nil {
            notes.append(
                "the last recorded steps differ: A \(ranges(a.group.lastSteps)), B \(ranges(b.group.lastSteps))"
            )
        }
        let numerics = Set((a.group.runs + b.group.runs).compactMap(\.numerics)).sorted()
        if numerics.count > 1 {
            notes.append(
                "computed by different numerics (\(ranges(numerics))): the last digits of equal runs may differ"
            )
        }
        return notes + counts + layers.flatMap(remarks(on:))
    }

    private func notes(on side: Side) -> [String] {
        var notes: [String] = []
        let group = side.group
        if group.replicates > 0 {
            notes.append(
                "\(side.name): \(counted(group.replicates, "run")) left out, because a newer one has the same "
                    + "configuration, seed and dataset"
            )
        }
        if pairing.isPaired, !side.ownSeeds.isEmpty {
            notes.append(
                "\(side.name): \(counted(side.ownSeeds.count, "seed")) left out, because the other side lacks them: "
                    + ranges(side.ownSeeds)
            )
        }
        if let leftOut = side.growth?.leftOut, leftOut > 0 {
            notes.append(
                "\(side.name): \(counted(leftOut, "seed")) left out of the growth, "
                    + "because a value is missing, not finite or not positive"
            )
        }
        let runs = pairing.isPaired ? pairing.seeds.count : group.runs.count
        if side.growth == nil, side.residualSums.count >= 3, runs > 1 {
            notes.append(
                "\(side.name): no growth is given, because fewer than 2 runs have all residual sums finite and positive"
            )
        }
        let unknown = group.runs.count { $0.seed == nil }
        if pairing.isPaired, unknown > 0 {
            notes.append("\(side.name): \(counted(unknown, "run")) left out, because the seed is unknown")
        }
        return notes
    }

    /// What was counted and left out on each side; layers of which the same is said share a line.
    private var counts: [String] {
        var lines: [(side: String, fact: String, layers: Set<String>)] = []
        for side in sides {
            let runs = pairing.isPaired ? pairing.seeds.count : side.group.runs.count
            for layer in layers {
                for fact in Self.facts(on: layer.part(side), runs: runs) {
                    if let line = lines.firstIndex(where: { $0.side == side.name && $0.fact == fact }) {
                        lines[line].layers.insert(layer.place.shortName)
                    } else {
                        lines.append((side.name, fact, [layer.place.shortName]))
                    }
                }
            }
        }
        return lines.map { line in
            "\(line.side), \(names { line.layers.contains($0.place.shortName) }): \(line.fact)"
        }
    }

    private static func facts(on part: Layer.Part, runs: Int) -> [String] {
        var facts: [String] = []
        if part.summary.nonFinite > 0 {
            facts.append("\(counted(part.summary.nonFinite, "value")) not finite, counted and left out")
        }
        if part.summary.nonPositive > 0 {
            facts.append("\(counted(part.summary.nonPositive, "value")) not positive, not in the ratio")
        }
        if !part.values.isEmpty, part.values.count < runs {
            facts.append("\(counted(runs - part.values.count, "run")) did not record it")
        }
        return facts
    }

    private func remarks(on layer: Layer) -> [String] {
        let name = layer.place.shortName
        guard layer.contrast != nil else {
            let isOther = layers.contains { $0.place.shortName == name && $0.place.measure != layer.place.measure }
            let side = layer.a.values.isEmpty ? "B" : "A"
            return [
                isOther
                    ? "\(side), \(name): measured as \(layer.place.measure), unlike the other side: never compared"
                    : "only \(side) has \(name)"
            ]
        }
        guard layer.a.isAfterNorm != layer.b.isAfterNorm else { return [] }
        return ["\(name) is measured after a norm in \(layer.a.isAfterNorm ? "A" : "B") only"]
    }
}
