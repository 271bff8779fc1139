import Analysis
import Storage

extension Comparison {
    /// What else has to be known to read the numbers correctly.
    public var notes: [String] { (pairs.count == 1 ? pairs[0].notes : []) + general }

    /// What has to be known of all groups, where each of several pairs has notes of its own.
    public var sharedNotes: [String] { pairs.count == 1 ? [] : general }
}

extension ComparedPair {
    /// What else has to be known to read the numbers of two groups correctly.
    public var notes: [String] {
        var notes = sides.flatMap(notes(on:))
        if !pairing.isPaired {
            let hasTest = sides.allSatisfy { $0.count > 1 }
            let common = pairing.seeds.isEmpty ? "no common seed" : counted(pairing.seeds.count, "common seed")
            notes.append(common + ": compared as independent runs" + (hasTest ? " (Welch)" : ""))
        }
        let shared = Set(a.group.runs.map(\.number)).intersection(b.group.runs.map(\.number)).count
        if shared > 0 { notes.append("\(counted(shared, "run")) on both sides: they show no difference") }
        let numerics = Set((a.group.runs + b.group.runs).compactMap(\.numerics)).sorted()
        if numerics.count > 1 {
            notes.append(
                "computed by different numerics (\(numerics.map(String.init).joined(separator: ", "))): the last digits of equal runs may differ"
            )
        }
        return notes + counts + lacking + rows.flatMap(remarks(on:))
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
        notes += leftOut(on: side)
        if let leftOut = side.growth.growth?.leftOut, leftOut > 0 {
            notes.append(
                "\(side.name): \(counted(leftOut, "seed")) left out of the growth, "
                    + "because a value is missing, not finite or not positive"
            )
        }
        let unknown = group.runs.count { $0.seed == nil }
        if pairing.isPaired, unknown > 0 {
            notes.append("\(side.name): \(counted(unknown, "run")) left out, because the seed is unknown")
        }
        return notes
    }

    /// Which seeds and runs a side does not have, a line for each reason.
    private func leftOut(on side: Side) -> [String] {
        let reasons: [(LeftOut.Reason, String)] = [
            (.noRun, ""), (.failed, "failed"), (.killed, "killed"), (.deleted, "deleted"), (.running, "still running"),
        ]
        return reasons.compactMap { reason, word in
            let found = side.leftOut.filter { $0.reason == reason }
            guard !found.isEmpty else { return nil }
            let seeds = found.compactMap(\.seed)
            if reason == .noRun {
                return
                    "\(side.name): \(counted(seeds.count, "seed")) left out, because there is no run: \(ranges(seeds))"
            }
            let runs = found.prefix(8).map { entry in
                "run \(entry.run ?? 0)" + (entry.seed.map { " (seed \($0))" } ?? "")
            }
            let more = found.count > runs.count ? " and \(found.count - runs.count) more" : ""
            return "\(side.name): \(counted(found.count, "run")) left out, because \(word): "
                + runs.joined(separator: ", ") + more
        }
    }

    /// What was counted and left out on each side; layers of which the same is said share a line.
    private var counts: [String] {
        var lines: [(side: String, fact: String, rows: Set<ExactText>)] = []
        for side in sides {
            // `last_step` of a run is that of its layers.
            var last: [Int64: Int64] = [:]
            for run in side.group.runs { last[run.number] = run.lastStep }
            for value in rows.flatMap({ part($0, side).values }) {
                last[value.run] = max(last[value.run] ?? value.step, value.step)
            }
            for row in rows {
                for fact in facts(on: row, side, last) {
                    if let line = lines.firstIndex(where: { $0.side == side.name && $0.fact == fact }) {
                        lines[line].rows.insert(ExactText(title(of: row)))
                    } else {
                        lines.append((side.name, fact, [ExactText(title(of: row))]))
                    }
                }
            }
        }
        return lines.map { line in
            "\(line.side), \(names { line.rows.contains(ExactText(title(of: $0))) }): \(line.fact)"
        }
    }

    private func facts(on row: Row, _ side: Side, _ last: [Int64: Int64]) -> [String] {
        let part = part(row, side)
        var facts: [String] = []
        if part.summary.nonFinite > 0 {
            facts.append("\(counted(part.summary.nonFinite, "value")) not finite, counted and left out")
        }
        if part.summary.nonPositive > 0, row.scale == .ratio {
            facts.append("\(counted(part.summary.nonPositive, "value")) not positive, not in the ratio")
        }
        let missing = side.count - part.recorded
        if part.recorded > 0, missing > 0 {
            let isPair = pairing.isPaired && row.contrast != nil
            facts.append("\(counted(missing, "run")) without a value" + (isPair ? ", left out with its partner" : ""))
        }
        guard isFinal else { return facts }
        let steps = Set(part.values.map(\.step)).sorted()
        if let first = steps.first, let end = steps.last, steps.count > 1 {
            facts.append("the last recorded steps differ: \(first) … \(end)")
        } else if let only = steps.first {
            let isLast = part.values.allSatisfy { last[$0.run] == only }
            if !isLast { facts.append("step \(only), which is not the run's last") }
            if isLast, step == nil { facts.append("step \(only)") }
        }
        return facts
    }

    /// Which layers only one side has.
    private var lacking: [String] {
        sides.compactMap { side in
            let names = names { $0.contrast == nil && !part($0, side).values.isEmpty }
            return names.isEmpty ? nil : "only \(side.name) has \(names)"
        }
    }

    private func remarks(on row: Row) -> [String] {
        let name = title(of: row)
        guard row.contrast != nil, row.a.isAfterNorm != row.b.isAfterNorm else { return [] }
        return ["\(name) is measured after a norm in \(row.a.isAfterNorm ? a.name : b.name) only"]
    }
}
