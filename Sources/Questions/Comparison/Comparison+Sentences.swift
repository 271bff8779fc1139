import Analysis
import Storage

/// What is said of a comparison in sentences.
extension Comparison {
    /// `A (plain) and B (batchnorm) differ only in architecture`.
    public var headline: String {
        var words = differs
        if equal.dataset == false { words.append("dataset") }
        let names = "A (\(a.group.word)) and B (\(b.group.word))"
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
            return
                "\(counted(a.group.runs.count, "run")) and \(counted(b.group.runs.count, "run")), not paired, at \(step)"
        }
        return "\(pairing.seeds.count) seeds, paired, at \(step)"
    }

    /// One line for each side whose growth could be fitted.
    public var growthLines: [String] {
        sides.compactMap { side in
            guard let growth = side.growth else { return nil }
            var line = "\(side.group.word): \(Self.sentence(growth, side.residualSums.map(\.name)))"
            let ends = layers.map { ($0.place.shortName, $0.part(side)) }.filter { $0.1.isAfterNorm }.compactMap {
                name,
                part in part.summary.mean.map { "\(short($0)) after the norm at \(name)" }
            }
            if !ends.isEmpty { line += "; it is " + ends.joined(separator: " and ") }
            if growth.count < 5 { line += " (\(counted(growth.count, "seed")): unstable)" }
            return line
        }
    }

    private static func sentence(_ growth: Growth, _ names: [String]) -> String {
        let factor =
            "\(fine(growth.factor)) (95 % interval \(fine(growth.factorInterval.low)) … \(fine(growth.factorInterval.high)))"
        let places = "\(names.first ?? "") … \(names.last ?? "")"
        return switch growth.model {
        case .exponential: "each block multiplies the variance by \(factor), exponential over \(places)"
        case .linear:
            "each block adds \(short(growth.increment)) to the variance "
                + "(95 % interval \(short(growth.incrementInterval.low)) … \(short(growth.incrementInterval.high))), linear over \(places)"
        case .flat:
            "the variance stays near \(short(growth.level)) over \(places), flat: a factor of \(factor) a block"
        case nil: "a factor of \(factor) a block over \(places); its shape is not known"
        case let model?: "a factor of \(factor) a block over \(places); shape: \(model.rawValue)"
        }
    }

    /// What the layers show, the layers of one kind together.
    public var findings: [String] {
        let kinds: [(Contrast.Verdict, String)] = [
            (.different, "different (p below 0.05 after Holm's adjustment)"),
            (.notShown, "no difference shown"),
            (.unstable, "unstable, because the interval of 2 to 4 runs moves much with each of them: use 5 or more"),
            (.single, "the ratio alone, because one run a side says nothing about others: use several seeds"),
            (.noSpread, "no spread to test the ratio by"),
            (.identical, "identical"),
            (.empty, "no value that has a logarithm"),
        ]
        return kinds.compactMap { kind, words in
            let names = names { $0.contrast?.verdict == kind }
            return names.isEmpty ? nil : "\(names): \(words)"
        }
    }

    /// The names of some layers; where many follow each other, the first and the last of them.
    func names(where isMeant: (Layer) -> Bool) -> String {
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
}
