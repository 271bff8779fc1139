/// Where the fields of runs are found.
extension FilterSQL {
    /// Where a field's value is found: an expression over `column` goes between `head` and `tail`.
    struct Source {
        var head = ""
        let column: String
        var tail = ""
    }

    mutating func source(of field: RunField) -> Source {
        switch field {
        case .attribute(let attribute): return source(of: attribute)
        case .param(let key):
            return Source(
                head: "(SELECT ",
                column: "params.value",
                tail: " FROM params WHERE params.run_id = runs.id AND params.key = \(bind(key)))"
            )
        case .tag(let key):
            return Source(
                head: "(SELECT ",
                column: "tags.value",
                tail: " FROM tags WHERE tags.run_id = runs.id AND tags.key = \(bind(key)))"
            )
        case .metric(let key, let value): return source(ofMetric: key, value)
        case .layer(let name, let measure): return source(ofLayer: name, measure)
        }
    }

    private mutating func source(ofMetric key: String, _ value: RunField.MetricValue) -> Source {
        let column =
            switch value {
            case .last: "CASE run_metric_keys.is_nan WHEN 0 THEN run_metric_keys.value END"
            case .greatest: "run_metric_keys.greatest"
            case .least: "run_metric_keys.least"
            case .greatestStep: "run_metric_keys.greatest_step"
            case .leastStep: "run_metric_keys.least_step"
            }
        return Source(
            head: "(SELECT ",
            column: column,
            tail: " FROM run_metric_keys WHERE run_metric_keys.run_id = runs.id"
                + " AND run_metric_keys.key_id = (SELECT metric_keys.id FROM metric_keys WHERE metric_keys.key = \(bind(key))))"
        )
    }

    private mutating func source(ofLayer name: String, _ measure: RunField.LayerMeasure) -> Source {
        let others = RunField.LayerMeasure.allCases.compactMap(\.stored)
        let measures =
            measure.stored.map { "named.measure = \(bind($0))" }
            ?? "named.measure NOT IN (\(others.map { bind($0) }.joined(separator: ", ")))"
        let name = bind(name)
        // The layers of the name are found once; a name that a run has twice means the first place.
        return Source(
            head: "(SELECT ",
            column: "layer_variances.variance",
            tail: " FROM run_layers CROSS JOIN layer_variances ON layer_variances.run_id = runs.id"
                + " AND layer_variances.step = run_layers.last_step AND layer_variances.layer_id = run_layers.layer_id"
                + " CROSS JOIN layers ON layers.id = run_layers.layer_id"
                + " WHERE run_layers.run_id = runs.id AND run_layers.layer_id IN (SELECT named.id FROM layers AS named"
                + " WHERE (named.short_name = \(name) OR named.name = \(name)) AND \(measures))"
                + " ORDER BY layers.position, layers.id LIMIT 1)"
        )
    }

    private mutating func source(of attribute: RunField.Attribute) -> Source {
        switch attribute {
        case .number: return Source(column: "runs.id")
        case .uuid: return Source(column: "runs.uuid")
        case .name: return Source(column: "runs.name")
        case .architecture: return Source(column: "runs.architecture")
        case .seed: return Source(column: "runs.seed")
        case .steps: return Source(column: "runs.steps")
        case .lastStep: return Source(column: "runs.last_step")
        case .started: return Source(column: "runs.started")
        case .ended: return Source(column: "runs.ended")
        case .duration:
            // SQLite continues with reals where integers end.
            let duration = "(runs.ended - runs.started)"
            return Source(column: "CASE typeof\(duration) WHEN 'integer' THEN \(duration) END")
        case .status:
            guard !dead.isEmpty else { return Source(column: "runs.status") }
            let list = bind("[" + dead.sorted().map(\.description).joined(separator: ",") + "]")
            return Source(
                column:
                    "CASE WHEN runs.id IN (SELECT json_each.value FROM json_each(\(list))) THEN 'killed' ELSE runs.status END"
            )
        case .experiment:
            return Source(
                head: "(SELECT ",
                column: "experiments.name",
                tail: " FROM experiments WHERE experiments.id = runs.experiment_id)"
            )
        case .dataset:
            return Source(
                head: "(SELECT ",
                column: "datasets.name",
                tail: " FROM datasets WHERE datasets.id = runs.dataset_id)"
            )
        }
    }
}
