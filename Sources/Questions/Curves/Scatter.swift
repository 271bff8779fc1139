public import Analysis
public import Storage

/// What `plot scatter` answers: a param against a metric, a dot for each finished run of a filter.
public struct Scatter: Sendable {
    private let x: (name: String, field: RunField)
    private let y: (name: String, field: RunField)
    private let points: [ScatterPlot.Point]
    private let replicates: Int

    /// Reads the runs, in one snapshot of the store.
    ///
    /// - Parameters:
    ///   - param: the key of a param, or another field of a run as FILTER names it, such as `seed` or `tags.KEY`.
    ///   - metric: the key of a metric, whose last value counts, or a field such as `max(metrics.KEY)`, `variance.LAYER`.
    ///   - filter: which runs; those that are deleted or not finished never take part.
    ///   - grouping: what the runs are coloured by.
    ///   - store: where they were recorded.
    /// - Throws: ``QuestionError`` where no run has the param or the metric, or none fits the filter; `FilterError`.
    public init(
        _ param: String,
        _ metric: String,
        matching filter: Filter = .all,
        groupedBy grouping: RunGrouping = .architecture,
        in store: Store
    ) throws {
        x = (param, try Self.field(param, .param, store) { .param($0) })
        y = (metric, try Self.field(metric, .metric, store) { .metric($0) })
        try RunList.check(grouping.fields, in: store)
        (points, replicates) = try store.snapshot { [x, y] in
            var ignored = IgnoredKeys()
            try ignored.formUnion(ofRuns: filter, in: store)
            // What is drawn counts, whatever the runs say of it.
            let keys = ignored.params.filter { key in
                if case .param(let drawn) = x.field { !drawn.isExactly(key) } else { true }
            }
            let kinds = try store.kinds(ofRunsMatching: filter, groupedBy: grouping, ignoring: keys)
            let newest = Dictionary(grouping: kinds) { $0.group.canonical }.values
                .reduce(into: Set<Int64>()) { $0.formUnion(Replicate.newest(of: $1)) }
            let groups = Dictionary(
                kinds.filter { newest.contains($0.run) }.map { ($0.run, $0.group) },
                uniquingKeysWith: { $1 }
            )
            var points: [ScatterPlot.Point] = []
            try store.forEachRun(matching: filter.and(.status(.finished))) { run in
                guard let group = groups[run.number]?.canonical else { return }
                points.append(
                    ScatterPlot.Point(
                        run: run.number,
                        seed: run.seed,
                        group: group == .null ? "none" : group.text,
                        x: try x.field.value(of: run, store).place,
                        y: try y.field.value(of: run, store).number
                    )
                )
            }
            return (points, kinds.count - newest.count)
        }
        guard !points.isEmpty else {
            throw QuestionError.noRunFits(path: store.path, unknown: try store.unknownName(in: filter))
        }
    }

    /// A key that runs have, or any field.
    private static func field(
        _ word: String,
        _ kind: RecordedName,
        _ store: Store,
        _ field: (String) -> RunField
    ) throws -> RunField {
        let known = try store.names(of: kind)
        if known.holds(word) { return field(word) }
        if let columns = try? RunColumn.list(parsing: word), columns.count == 1,
            case .field(let field, _) = columns[0]
        {
            guard let unknown = try store.unknownName(of: field) else { return field }
            throw QuestionError.unknownName(unknown, closest: try RunList.closest(to: unknown, in: store))
        }
        throw kind == .param
            ? QuestionError.unknownParam(key: word, path: store.path, known: known)
            : QuestionError.unknownMetric(key: word, path: store.path, known: known)
    }

    /// The runs as a picture, oldest first.
    public var picture: ScatterPlot {
        ScatterPlot(
            title: "\(y.name) by \(x.name)",
            subtitle: [counted(points.count, "finished run"), Replicate.note(of: replicates)].compactMap(\.self)
                .joined(separator: "; "),
            points: points.reversed(),
            param: x.name,
            metric: y.name
        )
    }
}

extension JSON {
    /// The value as a place on an axis; text that is a number is that number.
    fileprivate var place: ScatterPlot.Value? {
        if let number { return .number(number) }
        return switch self {
        case .null: nil
        case .string(let text): .text(text)
        default: .text(self.text)
        }
    }

    fileprivate var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        case .string(let text): Double(sqlValue: SQLValue.text(text).canonical)
        default: nil
        }
    }
}
