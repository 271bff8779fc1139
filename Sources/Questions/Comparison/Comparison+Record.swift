public import Analysis
import Storage

extension Comparison: Recordable {
    public var record: Record {
        func integers(_ values: [Int64]) -> JSON { .array(values.map { .integer($0) }) }
        func side(_ side: Side) -> JSON {
            ["label": .string(side.group.word), "runs": integers(side.group.runs.map(\.number).sorted())]
        }
        return [
            "a": side(a),
            "b": side(b),
            "step": step.map { .integer($0) } ?? "final",
            "paired": .bool(pairing.isPaired),
            "seeds": integers(pairing.seeds),
            "unpaired_seeds": ["a": integers(pairing.onlyA), "b": integers(pairing.onlyB)],
            "differs": .array(differs.map { .string($0) }),
            "equal": [
                "dataset": JSON(equal.dataset),
                "initial_weights": JSON(equal.initialWeights),
                "batch_order": JSON(equal.batchOrder),
            ],
            "layers": JSON(layers),
            "growth": ["a": growth(a), "b": growth(b)],
            "notes": .array(notes.map { .string($0) }),
        ]
    }

    private func growth(_ side: Side) -> JSON {
        guard let growth = side.growth else { return .null }
        return [
            "layers": .array(side.residualSums.map { .string($0.name) }),
            "factor": .real(growth.factor),
            "factor_low": .real(growth.factorInterval.low),
            "factor_high": .real(growth.factorInterval.high),
            "increment": .real(growth.increment),
            "increment_low": .real(growth.incrementInterval.low),
            "increment_high": .real(growth.incrementInterval.high),
            "model": growth.model.map { .string($0.rawValue) } ?? .null,
        ]
    }
}

extension Comparison.Layer: Recordable {
    public var record: Record {
        [
            "layer": .string(place.name),
            "name": .string(place.shortName),
            "position": JSON(place.position),
            "after_norm": .bool(isAfterNorm),
            "measure": .string(place.measure),
            "a": a.summary.record.json,
            "b": b.summary.record.json,
            "ratio": JSON(contrast?.estimate),
            "ratio_low": JSON(contrast?.interval?.low),
            "ratio_high": JSON(contrast?.interval?.high),
            "p": JSON(contrast?.p),
            "p_holm": JSON(contrast?.adjustedP),
            "effect_size": JSON(contrast?.effect?.value),
            "identical": JSON(contrast?.isIdentical),
        ]
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
            "non_finite": JSON(nonFinite),
            "non_positive": JSON(nonPositive),
        ]
    }
}
