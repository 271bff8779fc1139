import Analysis
import HTTPTypes
import HummingbirdCore
import Questions
import Storage

extension Routes {
    /// The pictures of the pages, which the script asks for again at another width, step or zoom.
    mutating func addPictures() {
        add(
            Route(
                method: .get,
                path: "/pictures/{picture}",
                summary: "A picture of a page.",
                isKept: true,
                mark: PictureMark.text,
                isPage: true
            ) { call in
                let (name, query) = (call.word("picture"), PageQuery(call.path.query))
                guard name.hasSuffix(".svg") else { throw Problem(.notFound, "there is no such picture") }
                let svg = try await call.ask { store in try Plots.svg(String(name.dropLast(4)), query, in: store) }
                return Response(svg.utf8, "image/svg+xml")
            }
        )
    }
}

/// The pictures by their names: what is asked for stands behind the question mark, as for the pages.
enum Plots {
    /// SVG of a picture.
    ///
    /// - Throws: ``PageFault`` for a picture that there is none of; what the questions throw.
    static func svg(_ name: String, _ query: PageQuery, in store: Store) throws -> String {
        let style = style(query)
        switch name {
        case "curves": return try curves(query, in: store).svg(style)
        case "training":
            let picture = try TrainingCurves(try word("run", query), measure: measure(query), in: store).picture
            // The metrics have pictures of their own on the page.
            return TrainingPlot(
                title: picture.title,
                subtitle: "",
                layers: picture.layers,
                metrics: [],
                measure: picture.measure,
                isLinear: picture.isLinear
            ).svg(style)
        case "layers":
            return try RunProfile(
                try word("run", query),
                step: query["step"].flatMap(Int64.init),
                measure: measure(query),
                in: store
            ).picture.svg(style)
        case "profile":
            return try Profile(
                query.all("group"),
                step: try step(query),
                measure: measure(query),
                ignoring: try ignored(query),
                in: store
            ).picture.svg(style)
        case "history": return try HistoryPage.history(query, in: store).picture(in: store).svg(style)
        case "scatter":
            let filter = try query["filter"].map(Filter.init(parsing:)) ?? .all
            return try Scatter(try word("param", query), try word("metric", query), matching: filter, in: store)
                .picture.svg(style)
        default: throw Problem(.notFound, "there is no such picture")
        }
    }

    private static func curves(_ query: PageQuery, in store: Store) throws -> CurvesPlot {
        let name = try word("name", query)
        let runs = query.all("run")
        try CurvesPage.check(runs)
        var plot =
            runs.isEmpty
            ? try Curves(
                name,
                query.all("group"),
                measure: measure(query),
                ignoring: try ignored(query),
                steps: try steps(query),
                in: store
            ).picture
            : try RunCurves(
                name,
                of: runs,
                measure: measure(query),
                steps: try steps(query),
                smoothing: query["smooth"].flatMap(Double.init) ?? 0,
                in: store
            ).picture
        plot.axis = query["axis"].flatMap(CurvesPlot.Axis.init)
        return plot
    }

    private static func style(_ query: PageQuery) -> PictureStyle {
        PictureStyle(
            width: query["width"].flatMap(Int.init) ?? 800,
            title: query.items.first { $0.name == "title" }?.value,
            theme: query["theme"].flatMap(Theme.init) ?? .auto
        )
    }

    static func word(_ name: String, _ query: PageQuery) throws -> String {
        guard let word = query[name] else { throw PageFault("\(name) is missing") }
        return word
    }

    static func measure(_ query: PageQuery) -> MeasureWord? { query["measure"].map { MeasureWord($0) } }

    static func step(_ query: PageQuery) throws -> RecordedStep {
        guard let word = query["step"] else { return .final }
        guard let step = RecordedStep(word) else { throw PageFault("'\(word)' is no step", "Give a number, or final.") }
        return step
    }

    static func steps(_ query: PageQuery) throws -> ClosedRange<Int64> {
        let (from, to) = (query["from"].flatMap(Int64.init) ?? .min, query["to"].flatMap(Int64.init) ?? .max)
        guard from <= to else { throw PageFault("step \(from) is after step \(to)", "Give the lesser one first.") }
        return from...to
    }

    static func ignored(_ query: PageQuery) throws -> IgnoredKeys {
        guard let words = query["ignore"] else { return IgnoredKeys() }
        guard let keys = IgnoredKeys(parsing: words) else {
            throw PageFault("'\(words)' are no keys to ignore", "Write them as params.out, tags.host.")
        }
        return keys
    }
}
