import Analysis
import Storage

extension ComparedPair {
    /// The layers of two sides beside each other, by their long names.
    static func layers(
        _ a: [Group.MeasuredLayer],
        _ b: [Group.MeasuredLayer],
        _ pairing: Pairing,
        _ measure: MeasureWord?,
        _ asked: Double?
    ) -> [Row] {
        let scale: Contrast.Scale = measure?.isShare == true ? .difference : .ratio
        var rows: [(a: Group.MeasuredLayer?, b: Group.MeasuredLayer?)] = a.map { ($0, nil) }
        // What only B has comes before the next layer in B that both have, so that unlike networks are not interleaved.
        var next = rows.endIndex
        for layer in b.reversed() {
            if let common = rows.firstIndex(where: { $0.a?.place.name.isExactly(layer.place.name) ?? false }) {
                rows[common].b = layer
                next = common
            } else {
                rows.insert((nil, layer), at: next)
            }
        }
        return rows.compactMap { row in
            guard let place = (row.a ?? row.b)?.place else { return nil }
            return Row(
                .layer(place),
                scale,
                (row.a?.values, row.a?.place.afterNorm == true),
                (row.b?.values, row.b?.place.afterNorm == true),
                pairing,
                asked: scale == .ratio ? asked : nil
            )
        }
    }

    /// The metrics that both sides have.
    static func metrics(
        _ a: [Group.RecordedMetric],
        _ b: [Group.RecordedMetric],
        _ pairing: Pairing,
        _ detection: ComparisonQuestion.Detection
    ) -> [Row] {
        zip(a, b).map { a, b in
            Row(
                .metric(a.key),
                .difference,
                (a.values, false),
                (b.values, false),
                pairing,
                asked: detection.differences[ExactText(a.key)]
            )
        }
    }
}

extension ComparedPair.Row {
    fileprivate init(
        _ subject: Subject,
        _ scale: Contrast.Scale,
        _ a: (values: [Group.Value]?, isAfterNorm: Bool),
        _ b: (values: [Group.Value]?, isAfterNorm: Bool),
        _ pairing: Pairing,
        asked: Double?
    ) {
        func seeded(_ values: [Group.Value]) -> [Seeded<Double>] {
            values.map { Seeded(seed: $0.seed, value: $0.value) }
        }
        var contrast: Contrast?
        if let a = a.values, let b = b.values { contrast = pairing.contrast(seeded(a), seeded(b), scale: scale) }
        let common = Set(pairing.seeds)
        // Of a row that both sides have, a value without a partner has no part in any figure.
        let seeds = [a, b].map { Set($0.values?.compactMap(\.seed) ?? []) }
        let partners = contrast == nil ? common : common.intersection(seeds[0]).intersection(seeds[1])
        func part(
            _ side: (values: [Group.Value]?, isAfterNorm: Bool),
            _ seeds: Set<Int64>,
            _ summary: Summary?
        ) -> Part {
            let values = (side.values ?? []).filter { value in
                !pairing.isPaired || value.seed.map { partners.contains($0) } ?? false
            }
            return Part(
                isAfterNorm: side.isAfterNorm,
                summary: summary ?? Summary(values.map(\.value)),
                values: values,
                recorded: pairing.isPaired ? common.intersection(seeds).count : values.count
            )
        }
        self.init(
            subject: subject,
            scale: scale,
            a: part(a, seeds[0], contrast?.a),
            b: part(b, seeds[1], contrast?.b),
            contrast: contrast,
            asked: asked
        )
    }
}
