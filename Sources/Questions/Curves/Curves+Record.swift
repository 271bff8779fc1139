import Analysis
import Storage

extension Curves: Recordable {
    /// The lines as columns: steps, values, and of groups the interval of the mean and how many runs it is of.
    public var record: Record {
        var record: Record =
            switch quantity {
            case .metric(let key): ["metric": .string(key)]
            case .layer(let layer, let measure):
                [
                    "layer": .string(layer.name), "name": .string(layer.shortName),
                    "measure": .string(measure.stored),
                ]
            }
        record.append(
            "curves",
            .array(
                curves.map { curve in
                    [
                        "group": .string(curve.name),
                        "steps": .array(curve.points.map { JSON($0.x) }),
                        "values": .array(curve.points.map { .real($0.y) }),
                        "low": .array(curve.points.map { JSON($0.low) }),
                        "high": .array(curve.points.map { JSON($0.high) }),
                        "n": .array(curve.points.map { JSON($0.n) }),
                    ]
                }
            )
        )
        return record
    }
}
