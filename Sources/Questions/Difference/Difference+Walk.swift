import Storage

extension Difference {
    // MARK: Metrics

    /// Goes through both runs' metrics side by side.
    mutating func walkMetrics(_ store: Store) throws {
        let (rowsA, rowsB) = (try MetricRows(of: a.number, in: store), try MetricRows(of: b.number, in: store))
        var found: [Int64: MetricFact] = [:]
        func note(_ metric: Int64, _ change: (inout MetricFact) -> Void) throws {
            var fact = try found[metric] ?? MetricFact(metric: store.metricName(metric) ?? "")
            change(&fact)
            found[metric] = fact
        }
        var (stepA, stepB) = (try rowsA.next(), try rowsB.next())
        while stepA != nil || stepB != nil {
            if let ours = stepA, stepB.map({ ours.comes(before: $0) }) ?? true {
                try note(ours.metric) { $0.steps.onlyA += 1 }
                stepA = try rowsA.next()
            } else if let theirs = stepB, stepA.map({ theirs.comes(before: $0) }) ?? true {
                try note(theirs.metric) { $0.steps.onlyB += 1 }
                stepB = try rowsB.next()
            } else if let ours = stepA, let theirs = stepB {
                try note(ours.metric) { fact in
                    fact.steps.common += 1
                    guard fact.parting == nil else { return }
                    fact.parting = Self.firstDifference(ours.values, theirs.values).map { (ours.number, $0.a, $0.b) }
                }
                (stepA, stepB) = (try rowsA.next(), try rowsB.next())
            }
        }
        let all = found.values.sorted { $0.metric < $1.metric }
        metrics = all.filter { $0.steps.common > 0 }
        for fact in all {
            for (run, steps) in [(a, fact.steps.onlyA), (b, fact.steps.onlyB)] where steps > 0 {
                notCompared.append("\(fact.metric) at \(counted(steps, "step")) that run \(run.number) alone recorded")
            }
        }
    }

    private static func firstDifference(_ ours: [Double], _ theirs: [Double]) -> (a: Double?, b: Double?)? {
        for index in 0..<max(ours.count, theirs.count) {
            let a = index < ours.count ? ours[index] : nil
            let b = index < theirs.count ? theirs[index] : nil
            guard let a, let b else { return (a, b) }
            if a != b, !(a.isNaN && b.isNaN) { return (a, b) }
        }
        return nil
    }

    // MARK: Variances

    /// Goes through both runs' steps side by side, to the first variance that is not the same.
    mutating func walkVariances(_ store: Store) throws {
        try walkSteps(store)
        for (run, steps) in [(a, steps.onlyA), (b, steps.onlyB)] where steps > 0 {
            notCompared.append("the variances at \(counted(steps, "step")) that run \(run.number) alone recorded")
        }
        let (measuresA, measuresB) = (try measures(of: a, in: store), try measures(of: b, in: store))
        for (run, only) in [(a, measuresA.subtracting(measuresB)), (b, measuresB.subtracting(measuresA))] {
            for measure in only.sorted() {
                notCompared.append("\(measure.text), which run \(run.number) alone recorded")
            }
        }
        if incomparableSteps > 0 {
            notCompared.append("the variances at \(counted(incomparableSteps, "step")) with no measure in common")
        }
        if let parting { notCompared.append("the variances after step \(parting.step)") }
    }

    private func measures(of run: Run, in store: Store) throws -> Set<ExactText> {
        Set(try store.layers(ofRun: run.number).map { ExactText($0.place.measure) })
    }

    private mutating func walkSteps(_ store: Store) throws {
        let (rowsA, rowsB) = (try VarianceRows(of: a.number, in: store), try VarianceRows(of: b.number, in: store))
        var places: [Int64: LayerPlace] = [:]
        var (stepA, stepB) = (try rowsA.next(), try rowsB.next())
        while let ours = stepA, let theirs = stepB {
            if ours.number < theirs.number {
                steps.onlyA += 1
                stepA = try rowsA.next()
            } else if ours.number > theirs.number {
                steps.onlyB += 1
                stepB = try rowsB.next()
            } else {
                steps.common += 1
                if !ours.values.elementsEqual(theirs.values, by: { $0.isSame(as: $1) }) {
                    for value in ours.values + theirs.values where places[value.layer] == nil {
                        places[value.layer] = try store.layerPlace(value.layer)
                    }
                    let measures = Self.measures(ours, places).intersection(Self.measures(theirs, places))
                    if measures.isEmpty { incomparableSteps += 1 }
                    parting = Self.parting(ours, theirs, places, measures)
                    if parting != nil { return }
                }
                (stepA, stepB) = (try rowsA.next(), try rowsB.next())
            }
        }
        while stepA != nil {
            steps.onlyA += 1
            stepA = try rowsA.next()
        }
        while stepB != nil {
            steps.onlyB += 1
            stepB = try rowsB.next()
        }
    }

    private static func measures(_ step: VarianceRows.Step, _ places: [Int64: LayerPlace]) -> Set<ExactText> {
        Set(step.values.compactMap { places[$0.layer].map { ExactText($0.measure) } })
    }

    /// What tells the values of one step apart; names are compared byte by byte.
    private struct Name: Hashable {
        let shortName: ExactText
        let measure: ExactText

        init(_ place: LayerPlace) {
            shortName = ExactText(place.shortName)
            measure = ExactText(place.measure)
        }
    }

    /// The first layer of a step, by position, whose variance is not the same.
    ///
    /// Layers are lined up by their names; what was measured in different ways is never compared.
    private static func parting(
        _ a: VarianceRows.Step,
        _ b: VarianceRows.Step,
        _ places: [Int64: LayerPlace],
        _ measures: Set<ExactText>
    ) -> Parting? {
        var pairs: [Name: (place: LayerPlace, a: Double?, b: Double?)] = [:]
        for value in a.values {
            guard let place = places[value.layer] else { continue }
            pairs[Name(place)] = (place, value.variance, nil)
        }
        for value in b.values {
            guard let place = places[value.layer] else { continue }
            let known = pairs[Name(place)]
            pairs[Name(place)] = (known?.place ?? place, known?.a, value.variance)
        }
        return pairs.values.sorted { ($0.place.position, $0.place.shortName) < ($1.place.position, $1.place.shortName) }
            .first { pair in
                guard measures.contains(ExactText(pair.place.measure)) else { return false }
                guard let ours = pair.a, let theirs = pair.b else { return true }
                return ours != theirs && !(ours.isNaN && theirs.isNaN)
            }
            .map { Parting(step: a.number, place: $0.place, a: $0.a, b: $0.b) }
    }
}
