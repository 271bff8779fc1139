import Storage

extension Difference {
    /// The facts side by side: those that differ, or all of them and where metrics and variances part.
    public func table(showsAll: Bool) -> Table {
        var table = Table(["key", "run \(a.number)", "run \(b.number)"])
        for (prefix, facts) in sections {
            for fact in facts where showsAll || fact.differs {
                table.append(.text(prefix + fact.key), Self.cell(fact.a, prefix), Self.cell(fact.b, prefix))
            }
        }
        guard showsAll else { return table }
        for metric in metrics {
            guard let (step, a, b) = metric.parting else { continue }
            table.append(.text("metrics.step \(step).\(metric.metric)"), Self.cell(a), Self.cell(b))
        }
        if let parting {
            let key = "variances.step \(parting.step).\(parting.place.shortName)"
            table.append(.text(key), Self.cell(parting.a), Self.cell(parting.b))
        }
        for text in notCompared { table.append(.text("not_compared"), .text(text), .missing) }
        return table
    }

    private static func cell(_ value: Double?) -> Cell { value.map { .precise($0) } ?? .missing }

    private static func cell(_ value: JSON, _ section: String) -> Cell {
        switch value {
        case .null: .missing
        case .string(let text): section == "digests." ? .digest(text) : .text(text)
        default: .text(value.text)
        }
    }
}
