import Storage

/// What pictures say of the numbers they show: `variance`, and how it was measured where that is known.
///
/// - Parameter measures: those of the layers that are shown, each once.
/// - Returns: the title of an axis.
func pictureTitle(ofMeasures measures: [String]) -> String {
    let words = measures.filter { $0 != LayerPlace.unknownMeasure }.map {
        $0 == LayerPlace.populationMean ? "population, mean over units" : $0
    }
    return words.isEmpty ? "variance" : "variance (\(words.joined(separator: "; ")))"
}
