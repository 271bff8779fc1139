import Analysis
import Storage

extension Profile: Recordable {
    /// The groups, each with its layers by position.
    public var record: Record {
        [
            "measure": .string(measure.stored),
            "step": step.number.map { .integer($0) } ?? "final",
            "groups": .array(
                zip(groups, measured).map { group, layers in
                    [
                        "group": .string(group.word),
                        "runs": .array(group.runs.map { .integer($0.number) }),
                        "layers": .array(layers.map(\.json)),
                    ]
                }
            ),
        ]
    }
}

extension Group.MeasuredLayer {
    fileprivate var json: JSON {
        let summary = Summary(values.map(\.value))
        return [
            "layer": .string(place.name), "name": .string(place.shortName), "position": JSON(place.position),
            "after_norm": .bool(place.afterNorm), "n": JSON(summary.count), "mean": JSON(summary.mean),
            "sd": JSON(summary.standardDeviation), "median": JSON(summary.median), "min": JSON(summary.minimum),
            "max": JSON(summary.maximum), "geometric_mean": JSON(summary.geometricMean),
            "non_finite": JSON(summary.nonFinite),
            "values": .array(
                values.map { value in
                    ["run": .integer(value.run), "seed": JSON(value.seed), "value": .real(value.value)]
                }
            ),
        ]
    }
}
