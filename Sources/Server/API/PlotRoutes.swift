import Analysis
import HTTPTypes
import HummingbirdCore
import Questions
import Storage

extension Routes {
    /// Pictures, as `varve plot` draws them; `from` and `to` show a range of steps more closely.
    mutating func addPlots() {
        picture("profile", "A measure by layer, a line for each group.", takes: [.group, .step, .measure, .ignore]) {
            call in
            let (groups, step, measure, ignored) = (call.groups, try call.step, try call.measure, try call.ignored)
            return { store, style in
                try Profile(groups, step: step, measure: measure, ignoring: ignored, in: store).picture.svg(style)
            }
        }
        picture(
            "compare",
            "What compare says of the layers, a line for each group.",
            takes: [
                .group, .by, .baseline, .step, .metrics, .measure, .growth, .ignore, .detect, .paired, .unpaired,
            ]
        ) { call in
            let question = try call.comparison
            return { store, style in try Comparison(question, in: store).picture.svg(style) }
        }
        picture(
            "history",
            "A layer or a metric through the runs.",
            takes: [.layer, .metric, .filter, .step, .measure, .ignore, .limit]
        ) { call in
            let (question, limit) = (try call.history, try call.number(.limit, in: 1...Int.max))
            return { store, style in
                var history = try question(store)
                history.limit = limit
                return try history.picture(in: store).svg(style)
            }
        }
        picture(
            "training",
            "One run by step.",
            takes: [.drawnRun, .measure, .drawnMetrics, .from, .to]
        ) { call in
            let (run, measure, steps) = (try call.required(.drawnRun), try call.measure, try call.steps)
            let metrics = call.list(.drawnMetrics)
            guard metrics.isEmpty || measure == nil else {
                throw Problem(.badRequest, "measure is for layers, and metric asks for metrics", parameter: "measure")
            }
            return { store, style in
                try TrainingCurves(run, measure: measure, metrics: metrics, steps: steps, in: store).picture.svg(style)
            }
        }
        picture(
            "curves",
            "A metric or a layer over the steps.",
            takes: [.name, .group, .measure, .ignore, .from, .to]
        ) { call in
            let curves = try call.curves
            return { store, style in try curves(store).picture.svg(style) }
        }
        picture(
            "scatter",
            "A param against a metric, a dot for each run.",
            takes: [.param, .scatteredMetric, .filter, .groupBy]
        ) { call in
            let (param, metric) = (try call.required(.param), try call.required(.scatteredMetric))
            let (filter, grouping) = (try call.filter, try call.grouping ?? .architecture)
            return { store, style in
                try Scatter(param, metric, matching: filter, groupedBy: grouping, in: store).picture.svg(style)
            }
        }
    }

    private mutating func picture(
        _ name: String,
        _ summary: String,
        takes parameters: [Parameter],
        _ question: @escaping @Sendable (Call) throws -> @Sendable (Store, PictureStyle) throws -> String
    ) {
        get(
            "/api/v1/plots/\(name).svg",
            summary,
            takes: parameters + Parameter.picture,
            gives: .picture,
            mark: PictureMark.text
        ) {
            call in
            let (draw, style) = (try question(call), try call.style)
            return Response(try await call.ask { store in Array(try draw(store, style).utf8) }, "image/svg+xml")
        }
    }
}
