import Analysis
import Storage

/// What is said of two groups in sentences.
extension ComparedPair {
    public var layers: [Row] { rows.filter { $0.place != nil } }

    public var metrics: [Row] { rows.filter { $0.metric != nil } }

    /// `A (plain) and B (batchnorm) differ only in architecture`.
    public var headline: String {
        var words = differs
        if equal.dataset == false { words.append("dataset") }
        let names = "\(a.name) (\(a.group.shown)) and \(b.name) (\(b.group.shown))"
        // Of a run that another program logged neither dataset nor whole configuration is known.
        let isKnown = equal.dataset != nil
        return switch words.count {
        case 0: names + (isKnown ? " do not differ in configuration or dataset" : ": no difference is known")
        case 1: "\(names) differ \(isKnown ? "only " : "")in \(words[0])"
        default: "\(names) differ in \(words.dropLast().joined(separator: ", ")) and \(words[words.count - 1])"
        }
    }

    /// What was the same on both sides, and what was different.
    public var equality: String {
        let facts = [
            ("dataset", equal.dataset), ("initial weights", equal.initialWeights), ("batch order", equal.batchOrder),
        ]
        let groups: [(String, Bool?)] = [("the same: ", true), ("different: ", false), ("unknown: ", nil)]
        return groups.compactMap { word, value in
            let names = facts.filter { $0.1 == value }.map(\.0)
            return names.isEmpty ? nil : word + names.joined(separator: ", ")
        }.joined(separator: "; ")
    }

    /// How the sides were compared: `100 seeds, paired, at step 0`.
    public var method: String {
        let step = step.map { "step \($0)" } ?? "each run's last recorded step"
        guard pairing.isPaired else {
            let seeds = pairing.seeds.isEmpty ? "" : " (\(counted(pairing.seeds.count, "common seed")))"
            let test = sides.allSatisfy { $0.count > 1 } ? ", by Welch's test" : ""
            return "\(counted(a.count, "run")) and \(counted(b.count, "run")), not paired\(seeds)\(test), at \(step)"
        }
        return "\(counted(pairing.seeds.count, "seed")), paired, at \(step)"
    }

    /// What the columns of the tables are.
    public var legend: String {
        var facts = ["\(a.name) and \(b.name): mean ± standard deviation"]
        let effect = pairing.isPaired ? "effect: d_z" : "effect: Hedges' g"
        if rows.contains(where: { $0.scale == .ratio }) {
            facts.append("\(b.name)/\(a.name): ratio of geometric means")
        }
        if rows.contains(where: { $0.scale == .difference }) {
            facts.append("\(b.name) − \(a.name): difference of means")
        }
        if rows.contains(where: { $0.contrast?.effect != nil }) { facts.append(effect) }
        return facts.joined(separator: "; ")
    }

    /// What the rows show, those of one kind together.
    public var findings: [String] {
        let kinds: [(Contrast.Verdict, String)] = [
            (.different, "different (p below 0.05 after Holm's adjustment)"),
            (.unstable, "unstable, because the interval of 2 to 4 runs moves much with each of them: use 5 or more"),
            (.single, "the figure alone, because one run a side says nothing about others: use several seeds"),
            (.noSpread, "no spread to test the difference by"),
            (.identical, "identical"),
            (.empty, "no value to compare"),
        ]
        var findings = kinds.compactMap { kind, words in
            let names = names { $0.contrast?.verdict == kind }
            return names.isEmpty ? nil : "\(names): \(words)"
        }
        findings += rows.compactMap { row in
            row.contrast?.verdict == .notShown ? "\(title(of: row)): no difference shown" + limits(of: row) : nil
        }
        return findings + needs
    }

    /// What a row in which no difference shows allows to say.
    private func limits(of row: Row) -> String {
        guard let contrast = row.contrast, let within = contrast.equalWithin, let detectable = contrast.detectable
        else {
            return ""
        }
        return row.scale == .ratio
            ? "; equal within \(percent(within)), and \(detectable < 2 ? "a difference of " : "")\(percent(detectable)) "
                + "would have been found with 80 % power"
            : "; equal within \(short(within)), and a difference of \(short(detectable)) would have been found "
                + "with 80 % power"
    }

    /// How many runs would show what was asked for.
    private var needs: [String] {
        var effects: [(text: String, rows: [String])] = []
        for row in rows {
            guard let asked = row.asked, let contrast = row.contrast, !contrast.isIdentical else { continue }
            let text = row.scale == .ratio ? "a ratio of \(rounded(asked))" : "a difference of \(rounded(asked))"
            let fact = "\(title(of: row)) " + (row.seedsNeeded.map { "\($0)" } ?? "not known")
            if let known = effects.firstIndex(where: { $0.text == text }) {
                effects[known].rows.append(fact)
            } else {
                effects.append((text, [fact]))
            }
        }
        return effects.map {
            "\(pairing.isPaired ? "seeds" : "runs in either group") to show \($0.text) with 80 % power: "
                + $0.rows.joined(separator: ", ")
        }
    }

    /// The short name of a layer, or its long one where two have the same; a metric's key.
    public func title(of row: Row) -> String {
        guard let place = row.place, repeatedNames.contains(ExactText(row.name)) else { return row.name }
        return place.name
    }

    /// The names of some rows; where many follow each other, the first and the last of them.
    func names(where isMeant: (Row) -> Bool) -> String {
        var stretches: [[String]] = []
        var isOpen = false
        for row in rows {
            guard isMeant(row) else {
                isOpen = false
                continue
            }
            if !isOpen { stretches.append([]) }
            stretches[stretches.count - 1].append(title(of: row))
            isOpen = true
        }
        return stretches.map { names in
            names.count > 8 ? "\(names[0]) … \(names[names.count - 1])" : names.joined(separator: ", ")
        }.joined(separator: ", ")
    }
}

/// A factor as what it adds: `1.4 %` of 1.014; a factor of 2 and more as it is.
private func percent(_ factor: Double) -> String {
    factor < 2 ? formatted("%.2g", (factor - 1) * 100) + " %" : "a factor of \(short(factor))"
}
