public import Analysis
public import Storage

extension History {
    /// The runs as a picture, with the band that earlier runs give.
    ///
    /// - Throws: ``QuestionError`` where there is no run; as ``forEachEntry(in:groupedBy:_:)``.
    public func picture(in store: Store) throws -> HistoryPlot {
        let entries = try entries(in: store)
        guard let layer, !entries.isEmpty else {
            throw QuestionError.noFinishedRun(path: store.path, layer: layer?.shortName)
        }
        return HistoryPlot(
            title: "\(layer.name) through \(counted(entries.count, "run"))",
            subtitle: "variance at \(step.ofEachRun)",
            points: entries.map { entry in
                HistoryPlot.Point(
                    run: entry.run.run,
                    group: entry.run.architecture ?? "unknown",
                    seed: entry.run.seed,
                    value: entry.value,
                    bandLow: entry.band?.low,
                    bandHigh: entry.band?.high,
                    isOutside: entry.isOutside == true
                )
            },
            measure: axisTitle(measures: entries.compactMap(\.place?.measure))
        )
    }
}
