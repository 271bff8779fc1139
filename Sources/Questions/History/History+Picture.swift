public import Analysis
public import Storage

extension History {
    /// The runs as a picture, with the band that earlier runs give, and the runs at which lasting shifts began.
    ///
    /// - Throws: ``QuestionError`` where there is no run; as ``forEachEntry(in:_:)``.
    public func picture(in store: Store) throws -> HistoryPlot {
        try store.snapshot { try readPicture(in: store) }
    }

    private func readPicture(in store: Store) throws -> HistoryPlot {
        let kinds = try store.kinds(ofRunsMatching: filter, groupedBy: .architecture, ignoring: ignored.params)
        var entries: [Entry] = []
        try forEachEntry(of: kinds, in: store) { entries.append($0) }
        guard let quantity, !entries.isEmpty else {
            throw QuestionError.noFinishedRun(path: store.path, name: quantity?.name)
        }
        let differences = try RunDifferences(kinds, ignoring: ignored.params, in: store)
        let labels = Dictionary(
            kinds.map { ($0.run, differences.label(of: $0)) },
            uniquingKeysWith: { $1 }
        )
        let shifts = Set(entries.compactMap(\.shift))
        return HistoryPlot(
            title: "\(quantity.title) through \(counted(entries.count, "run"))",
            subtitle: "at \(step.ofEachRun)",
            points: entries.map { entry in
                HistoryPlot.Point(
                    run: entry.run.run,
                    group: labels[entry.run.run] ?? "unknown",
                    seed: entry.run.seed,
                    value: entry.value,
                    bandLow: entry.band?.low,
                    bandHigh: entry.band?.high,
                    isOutside: entry.isOutside == true,
                    beginsShift: shifts.contains(entry.run.run)
                )
            },
            measure: quantity.axis,
            isLinear: isLinear
        )
    }
}
