import Analysis
import HTTPTypes
import HummingbirdCore
import Questions
import Storage

extension Routes {
    /// Questions about several runs.
    mutating func addQuestions() {
        get(
            "/api/v1/compare",
            "Groups of runs compared, the first of them the baseline.",
            takes: [
                .group, .by, .baseline, .step, .metrics, .measure, .growth, .ignore, .detect, .paired, .unpaired,
            ],
            gives: .comparison
        ) { call in
            let question = try call.comparison
            return .json(try await call.ask { store in try Comparison(question, in: store).record.json })
        }
        get("/api/v1/diff", "What differs between two runs.", takes: [.a, .b], gives: .difference) { call in
            let (a, b) = (try call.required(.a), try call.required(.b))
            return .json(try await call.ask { store in try Difference(a, b, in: store).record.json })
        }
        get(
            "/api/v1/history",
            "A layer or a metric through the runs, oldest first, or through the steps of one run.",
            takes: [.layer, .metric, .filter, .groupBy, .run, .step, .measure, .ignore, .limit],
            gives: .list(of: .anything),
            history
        )
        get(
            "/api/v1/profile",
            "A measure of every layer, for groups of runs.",
            takes: [.group, .step, .measure, .ignore],
            gives: .profile
        ) { call in
            let (groups, step, measure, ignored) = (call.groups, try call.step, try call.measure, try call.ignored)
            return .json(
                try await call.ask { store in
                    try Profile(groups, step: step, measure: measure, ignoring: ignored, in: store).record.json
                }
            )
        }
        get(
            "/api/v1/curves",
            "A metric or a layer over the steps, for runs and groups of runs.",
            takes: [.name, .group, .measure, .ignore, .from, .to],
            gives: .curves
        ) { call in
            let curves = try call.curves
            return .json(try await call.ask { store in try curves(store).record.json })
        }
    }
}

private func history(_ call: Call) async throws -> Response {
    let question = try call.history
    let limit = try call.limit
    if let run = try call.text(.run) {
        let (layer, metric, measure) = (try call.text(.layer), try call.text(.metric), try call.measure)
        return try await call.ask { store in
            let steps =
                if let metric { try StepHistory(run, metric: metric, limit: limit, in: store) } else {
                    try StepHistory(run, layer: layer, measure: measure, limit: limit, in: store)
                }
            var list = JSONList()
            try steps.forEachEntry(in: store) { list.append($0.record.json) }
            return list.response()
        }
    }
    let grouping = try call.grouping
    return try await call.ask { store in
        var history = try question(store)
        history.limit = limit
        var list = JSONList()
        if let grouping {
            let groups = try history.groups(by: grouping, in: store)
            for group in groups.groups { list.append(groups.record(of: group).json) }
        } else {
            try history.forEachEntry(in: store) { list.append($0.record.json) }
        }
        return list.response()
    }
}

extension Call {
    /// What `compare` is asked.
    var comparison: ComparisonQuestion {
        get throws {
            var question = ComparisonQuestion(try comparedGroups)
            question.step = try step
            if let metrics = try text(.metrics) {
                let keys = metrics.split(separator: ",").map(String.init)
                guard !keys.isEmpty else {
                    throw Problem(.badRequest, "metric names no metric: give keys, or none", parameter: "metric")
                }
                question.metrics = .named(metrics == "none" ? [] : keys)
            }
            question.measure = try measure
            question.growth = try text(.growth)
            question.ignored = try ignored
            for word in list(.detect) where !question.detection.add(word) {
                throw Problem(
                    .badRequest,
                    "detect is a ratio above 0 that is not 1, or a difference of a metric as loss=0.01, not '\(word.prefix(60))'",
                    parameter: "detect"
                )
            }
            let (paired, unpaired) = (try flag(.paired), try flag(.unpaired))
            guard !(paired && unpaired) else { throw Problem(.badRequest, "give paired or unpaired, not both") }
            question.pairing = paired ? .paired : unpaired ? .unpaired : .automatic
            return question
        }
    }

    private var comparedGroups: ComparisonQuestion.Groups {
        get throws {
            let (groups, baseline) = (self.groups, try text(.baseline))
            guard let by = try read(.by, { RunGrouping($0) }) else {
                guard baseline == nil else {
                    throw Problem(.badRequest, "baseline goes with by", parameter: "baseline")
                }
                guard groups.count > 1 else {
                    throw Problem(.badRequest, "give two groups or more, or by", parameter: "group")
                }
                return .words(groups)
            }
            guard groups.count < 2 else {
                throw Problem(.badRequest, "by makes the groups: give one group that all runs fit", parameter: "group")
            }
            switch by {
            case .architecture, .param, .tag: return .values(by, of: groups.first, baseline: baseline)
            case .experiment, .day, .commit:
                throw Problem(.badRequest, "by is architecture, params.KEY or tags.KEY", parameter: "by")
            }
        }
    }

    /// What `history` is asked, but for its limit.
    var history: @Sendable (Store) throws -> History {
        get throws {
            let (layer, metric, filter) = (try text(.layer), try text(.metric), try text(.filter))
            let (measure, step, ignored) = (try measure, try step, try ignored)
            guard layer == nil || metric == nil else { throw Problem(.badRequest, "give layer or metric, not both") }
            if let filter {
                // Where it is wrong the place is told before anything is read.
                _ = try read(.filter) { _ in try Filter(parsing: filter) }
            }
            return { store in
                var history =
                    if let metric { try History(metric: metric, filter, in: store) } else {
                        try History(layer ?? filter, layer == nil ? nil : filter, measure: measure, in: store)
                    }
                history.step = step
                history.ignore(ignored)
                return history
            }
        }
    }

    /// What `plot curves` is asked.
    var curves: @Sendable (Store) throws -> Curves {
        get throws {
            let (name, groups, measure) = (try required(.name), self.groups, try measure)
            let (ignored, steps) = (try ignored, try steps)
            return { store in
                try Curves(name, groups, measure: measure, ignoring: ignored, steps: steps, in: store)
            }
        }
    }
}
