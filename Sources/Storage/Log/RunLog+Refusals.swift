/// What is the line's fault, and not the store's.
extension RunLog {
    func checkKey(_ key: String) throws { try asLine { try recorder.checkMetric(key) } }

    /// Errors that the line is to blame for, and not the store.
    func asLine(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as StoreError {
            switch error {
            case .paramGiven(let key, let value):
                let (key, value) = (LogError.excerpt(key), LogError.excerpt(value))
                throw LogError("param '\(key)' already has the value \(value)")
            case .badKey: throw LogError(error.description)
            default: throw error
            }
        }
    }

    /// What varve measures by these words is never negative.
    private static let unsigned = Set(
        [LayerPlace.populationMean, LayerPlace.unknownMeasure] + RunField.LayerMeasure.allCases.compactMap(\.stored)
    )

    func checkSign(_ value: Double, of measure: String, _ layer: String) throws(LogError) {
        guard value < 0, Self.unsigned.contains(measure) else { return }
        throw LogError(
            "the value of layer '\(LogError.excerpt(layer))' is \(value), and a variance is never negative: "
                + "declare another measure for the layer"
        )
    }
}
