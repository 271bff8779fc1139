public import Analysis
import Storage

extension Comparison: Recordable {
    /// Of two groups the pair itself; of more of them the groups, and one pair for each but the first.
    public var record: Record {
        if pairs.count == 1, let pair = pairs.first { return record(of: pair, notes: notes) }
        return [
            "groups": .array(groups.map(\.json)),
            "comparisons": .array(pairs.map { record(of: $0, notes: $0.notes).json }),
            "measure": JSON(measure?.stored),
            "ignored": .array(ignored.words.map { .string($0) }),
            "notes": .array(general.map { .string($0) }),
        ]
    }

    private func record(of pair: ComparedPair, notes: [String]) -> Record {
        func integers(_ values: [Int64]) -> JSON { .array(values.map { .integer($0) }) }
        return [
            "a": pair.a.group.json,
            "b": pair.b.group.json,
            "step": pair.step.map { .integer($0) } ?? "final",
            "paired": .bool(pair.pairing.isPaired),
            "test": pair.pairing.isPaired ? "paired" : "welch",
            "seeds": integers(pair.pairing.seeds),
            "unpaired_seeds": ["a": integers(pair.pairing.onlyA), "b": integers(pair.pairing.onlyB)],
            "left_out": ["a": JSON(pair.a.leftOut), "b": JSON(pair.b.leftOut)],
            "differs": .array(pair.differs.map { .string($0) }),
            "equal": [
                "dataset": JSON(pair.equal.dataset),
                "initial_weights": JSON(pair.equal.initialWeights),
                "batch_order": JSON(pair.equal.batchOrder),
            ],
            "layers": JSON(pair.layers),
            "metrics": JSON(pair.metrics),
            "growth": [
                "a": pair.a.growth.json,
                "b": pair.b.growth.json,
                "ratio": JSON(pair.growthRatio?.estimate),
                "ratio_low": JSON(pair.growthRatio?.interval?.low),
                "ratio_high": JSON(pair.growthRatio?.interval?.high),
                "reason": JSON(pair.growthReason),
            ],
            "measure": JSON(measure?.stored),
            "ignored": .array(ignored.words.map { .string($0) }),
            "notes": .array(notes.map { .string($0) }),
        ]
    }

    /// One row for each layer or metric and pair of groups, with the same keys in all: `kind` says which of the two it is, and
    /// `b_label` which group is compared with the first.
    public var rows: [Record] {
        pairs.flatMap { pair in
            pair.rows.map { row in
                var columns = Record([
                    JSON.Member("kind", row.place == nil ? "metric" : "layer"),
                    JSON.Member("b_label", .string(pair.b.group.word)),
                ])
                let values = Record(row.record.flattened)
                for key in Self.columns { columns.append(key, values[key]) }
                return columns
            }
        }
    }

    private static let columns: [String] = {
        let sides = ["a", "b"].flatMap { side in
            ["n", "mean", "sd", "median", "min", "max", "geometric_mean", "non_finite", "non_positive"].map {
                "\(side)_\($0)"
            }
        }
        return ["layer", "name", "position", "after_norm", "metric"] + sides + [
            "ratio", "ratio_low", "ratio_high", "difference", "difference_low", "difference_high", "p", "p_holm",
            "effect_size", "effect_kind", "equal_within", "detectable", "seeds_needed", "identical",
        ]
    }()
}

extension Group {
    fileprivate var json: JSON {
        ["label": .string(word), "runs": .array(runs.map(\.number).sorted().map { .integer($0) })]
    }
}

extension SideGrowth {
    fileprivate var json: JSON {
        guard let growth else { return .null }
        return [
            "layers": .array(layers.map { .string($0) }),
            "n": JSON(growth.count),
            "factor": .real(growth.factor),
            "factor_low": .real(growth.factorInterval.low),
            "factor_high": .real(growth.factorInterval.high),
            "increment": .real(growth.increment),
            "increment_low": .real(growth.incrementInterval.low),
            "increment_high": .real(growth.incrementInterval.high),
            "first_factor": .real(growth.firstFactor),
            "last_factor": .real(growth.lastFactor),
            "shape": JSON(growth.shape),
            "shape_low": JSON(growth.shapeInterval?.low),
            "shape_high": JSON(growth.shapeInterval?.high),
            "model": JSON(growth.model?.rawValue),
        ]
    }
}

extension ComparedPair.LeftOut: Recordable {
    public var record: Record {
        ["seed": JSON(seed), "run": JSON(run), "reason": .string(reason.rawValue)]
    }
}

extension ComparedPair.Row: Recordable {
    public var record: Record {
        let word = scale == .ratio ? "ratio" : "difference"
        let subject: Record =
            switch subject {
            case .metric(let key): ["metric": .string(key)]
            case .layer(let place):
                [
                    "layer": .string(place.name),
                    "name": .string(place.shortName),
                    "position": JSON(place.position),
                    "after_norm": .bool(a.isAfterNorm || b.isAfterNorm),
                ]
            }
        let figures: Record = [
            "a": a.summary.record.json,
            "b": b.summary.record.json,
            word: JSON(contrast?.estimate),
            "\(word)_low": JSON(contrast?.interval?.low),
            "\(word)_high": JSON(contrast?.interval?.high),
            "p": JSON(contrast?.p),
            "p_holm": JSON(contrast?.adjustedP),
            "effect_size": JSON(contrast?.effect?.value),
            "effect_kind": JSON(contrast?.effect?.kind.rawValue),
            "equal_within": JSON(contrast?.equalWithin),
            "detectable": JSON(contrast?.detectable),
            "seeds_needed": seedsNeeded.map { JSON($0) } ?? .null,
            "identical": JSON(contrast?.isIdentical),
        ]
        return Record(subject.members + figures.members)
    }
}

extension Summary: Recordable {
    public var record: Record {
        [
            "n": JSON(count),
            "mean": JSON(mean),
            "sd": JSON(standardDeviation),
            "median": JSON(median),
            "min": JSON(minimum),
            "max": JSON(maximum),
            "geometric_mean": JSON(geometricMean),
            "non_finite": JSON(nonFinite),
            "non_positive": JSON(nonPositive),
        ]
    }
}
