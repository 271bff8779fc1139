import Analysis
import Storage

/// What is said of a comparison in sentences.
extension RunComparison {
    /// `plain and batchnorm differ only in architecture`.
    var headline: String {
        var words = differs
        if equal.dataset == false { words.append("dataset") }
        let names = "A (\(a.label)) and B (\(b.label))"
        // Of a run that another program logged neither dataset nor whole configuration is known.
        let isKnown = equal.dataset != nil
        return switch words.count {
        case 0: names + (isKnown ? " do not differ in configuration or dataset" : ": no difference is known")
        case 1: "\(names) differ \(isKnown ? "only " : "")in \(words[0])"
        default: "\(names) differ in \(words.dropLast().joined(separator: ", ")) and \(words[words.count - 1])"
        }
    }

    /// What was the same on both sides, and what was not.
    var equality: String {
        let facts = [
            ("dataset", equal.dataset), ("initial weights", equal.initialWeights), ("batch order", equal.batchOrder),
        ]
        let groups: [(String, Bool?)] = [("the same: ", true), ("not the same: ", false), ("not known: ", nil)]
        return groups.compactMap { word, value in
            let names = facts.filter { $0.1 == value }.map(\.0)
            return names.isEmpty ? nil : word + names.joined(separator: ", ")
        }.joined(separator: "; ")
    }

    /// How the sides were compared: `100 seeds, paired, at step 0`.
    var method: String {
        let step = step.map { "step \($0)" } ?? "each run's last recorded step"
        guard pairing.isPaired else {
            return "\(counted(a.runs.count, "run")) and \(counted(b.runs.count, "run")), not paired, at \(step)"
        }
        return "\(pairing.seeds.count) seeds, paired, at \(step)"
    }

    /// One line for each side whose growth could be fitted.
    var growthLines: [String] {
        [(a, growth.a, \Layer.isBehindNorm.a, \Layer.a), (b, growth.b, \Layer.isBehindNorm.b, \Layer.b)].compactMap {
            side,
            growing,
            isBehindNorm,
            summary in
            guard let growing else { return nil }
            var line = "\(side.label): \(Self.sentence(growing))"
            let behind = layers.filter { $0[keyPath: isBehindNorm] }
            let ends = behind.compactMap { layer in
                layer[keyPath: summary].mean.map { "\(short($0)) behind the norm at \(layer.place.shortName)" }
            }
            if !ends.isEmpty { line += "; it is " + ends.joined(separator: " and ") }
            if growing.growth.count < 5 { line += " (\(counted(growing.growth.count, "seed")): unstable)" }
            return line
        }
    }

    private static func sentence(_ growing: Growing) -> String {
        let growth = growing.growth
        let factor =
            "\(fine(growth.factor)) (95 % interval \(fine(growth.factorInterval.low)) … \(fine(growth.factorInterval.high)))"
        let places = "\(growing.layers.first ?? "") … \(growing.layers.last ?? "")"
        return switch growth.model {
        case .exponential: "each block multiplies the variance by \(factor), exponential over \(places)"
        case .linear:
            "each block adds \(short(growth.increment)) to the variance "
                + "(95 % interval \(short(growth.incrementInterval.low)) … \(short(growth.incrementInterval.high))), linear over \(places)"
        case .flat:
            "the variance stays near \(short(growth.level)) over \(places), flat: a factor of \(factor) a block"
        case .undecided:
            "a factor of \(factor) a block over \(places); exponential or linear is undecided"
        }
    }

    /// What the layers show, the layers of one kind together.
    var findings: [String] {
        let kinds: [(Comparison.Verdict, String)] = [
            (.different, "different (p below 0.05 after Holm's adjustment)"),
            (.notShown, "no difference shown"),
            (.unstable, "unstable, for the interval of 2 to 4 runs moves much with each of them: take 5 or more"),
            (.single, "the ratio alone, for one run a side says nothing about others: take several seeds"),
            (.noSpread, "no spread to test the ratio by"),
            (.identical, "identical"),
            (.empty, "no value that has a logarithm"),
        ]
        return kinds.compactMap { kind, words in
            let names = listed { $0.comparison?.verdict == kind }
            return names.isEmpty ? nil : "\(names): \(words)"
        }
    }

    /// The names of some layers; where many follow each other, the first and the last of them.
    private func listed(_ isMeant: (Layer) -> Bool) -> String {
        var stretches: [[String]] = []
        var isOpen = false
        for layer in layers {
            guard isMeant(layer) else {
                isOpen = false
                continue
            }
            if !isOpen { stretches.append([]) }
            stretches[stretches.count - 1].append(layer.place.shortName)
            isOpen = true
        }
        return stretches.map { names in
            names.count > 8 ? "\(names[0]) … \(names[names.count - 1])" : names.joined(separator: ", ")
        }.joined(separator: ", ")
    }

    /// What else has to be known to read the numbers rightly.
    var notes: [String] {
        var notes: [String] = []
        for (name, side, only, growing, sums) in [
            ("A", a, pairing.onlyA, growth.a, residualSums.a), ("B", b, pairing.onlyB, growth.b, residualSums.b),
        ] {
            if side.replicates > 0 {
                notes.append(
                    "\(name): \(counted(side.replicates, "run")) left out, for a newer one has the same configuration, "
                        + "seed and dataset"
                )
            }
            if pairing.isPaired, !only.isEmpty {
                notes.append(
                    "\(name): \(counted(only.count, "seed")) left out, for the other side lacks them: \(Self.ranges(only))"
                )
            }
            if let leftOut = growing?.growth.leftOut, leftOut > 0 {
                notes.append(
                    "\(name): \(counted(leftOut, "seed")) left out of the growth, "
                        + "for a value is missing, not finite or not positive"
                )
            }
            if growing == nil, sums.count >= 3, (pairing.isPaired ? pairing.seeds.count : side.runs.count) > 1 {
                notes.append(
                    "\(name): no growth is told, for fewer than 2 runs have all residual sums finite and positive"
                )
            }
            let unknown = side.runs.count { $0.seed == nil }
            if pairing.isPaired, unknown > 0 {
                notes.append("\(name): \(counted(unknown, "run")) left out, for the seed is not known")
            }
        }
        if !pairing.isPaired {
            let hasTest = min(a.runs.count, b.runs.count) > 1
            notes.append(
                (pairing.seeds.isEmpty ? "no common seed" : "one common seed, for pairs need two")
                    + (hasTest ? ": compared as independent runs (Welch)" : ": compared as independent runs")
            )
        }
        let shared = Set(a.runs.map(\.number)).intersection(b.runs.map(\.number)).count
        if shared > 0 { notes.append("\(counted(shared, "run")) on both sides: they say nothing of a difference") }
        if step == nil {
            notes.append("the last recorded steps differ: A \(Self.ranges(a.lastSteps)), B \(Self.ranges(b.lastSteps))")
        }
        let numerics = Set((a.runs + b.runs).compactMap(\.numerics)).sorted()
        if numerics.count > 1 {
            notes.append(
                "computed by different numerics (\(Self.ranges(numerics))): the last digits of equal runs may differ"
            )
        }
        return notes + counts + layers.flatMap { remarks(on: $0) }
    }

    /// What was counted and left out on each side; layers of which the same is said share a line.
    private var counts: [String] {
        var lines: [(side: String, fact: String, layers: Set<String>)] = []
        for (side, runs, summary, values) in [
            ("A", a.runs.count, \Layer.a, \Layer.values.a), ("B", b.runs.count, \Layer.b, \Layer.values.b),
        ] {
            let runs = pairing.isPaired ? pairing.seeds.count : runs
            for layer in layers {
                let summary = layer[keyPath: summary]
                let recorded = layer[keyPath: values].count
                var facts: [String] = []
                if summary.nonFinite > 0 {
                    facts.append("\(counted(summary.nonFinite, "value")) not finite, counted and left out")
                }
                if summary.nonPositive > 0 {
                    facts.append("\(counted(summary.nonPositive, "value")) not positive, not in the ratio")
                }
                if recorded > 0, recorded < runs {
                    facts.append("\(counted(runs - recorded, "run")) did not record it")
                }
                for fact in facts {
                    if let line = lines.firstIndex(where: { $0.side == side && $0.fact == fact }) {
                        lines[line].layers.insert(layer.place.shortName)
                    } else {
                        lines.append((side, fact, [layer.place.shortName]))
                    }
                }
            }
        }
        return lines.map { line in
            "\(line.side), \(listed { line.layers.contains($0.place.shortName) }): \(line.fact)"
        }
    }

    private func remarks(on layer: Layer) -> [String] {
        var notes: [String] = []
        let name = layer.place.shortName
        if layer.comparison == nil {
            let isOther = layers.contains {
                $0.place.shortName == name && $0.place.measure != layer.place.measure
            }
            let side = layer.values.a.isEmpty ? "B" : "A"
            notes.append(
                isOther
                    ? "\(side), \(name): measured as \(layer.place.measure), unlike the other side: never compared"
                    : "\(side) alone has \(name)"
            )
        }
        if layer.comparison != nil, layer.isBehindNorm.a != layer.isBehindNorm.b {
            notes.append("\(name) is measured behind a norm in \(layer.isBehindNorm.a ? "A" : "B") only")
        }
        return notes
    }

    /// Numbers in order, neighbours put together: `0-9, 12`.
    static func ranges(_ numbers: [Int64]) -> String {
        var parts: [(Int64, Int64)] = []
        for number in numbers {
            if let last = parts.last, last.1 + 1 == number {
                parts[parts.count - 1].1 = number
            } else {
                parts.append((number, number))
            }
        }
        let texts = parts.prefix(8).map { $0.0 == $0.1 ? "\($0.0)" : "\($0.0)-\($0.1)" }
        return texts.joined(separator: ", ") + (parts.count > 8 ? ", …" : "")
    }
}

/// Three significant digits, for sentences.
private func short(_ value: Double) -> String { value.isFinite ? formatted("%#.3g", value) : rounded(value) }

/// Four, for factors near 1.
private func fine(_ value: Double) -> String { value.isFinite ? formatted("%#.4g", value) : rounded(value) }
