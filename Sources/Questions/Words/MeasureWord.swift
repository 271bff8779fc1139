public import Storage

/// The measure of a question, by the words that commands have for it and by those in the store.
public struct MeasureWord: Sendable {
    /// The word in the store: `population_mean`, or one that a logged run declared.
    public let stored: String

    /// The measure of a stored word.
    public init(stored: String) { self.stored = stored }

    /// Reads `variance`, `second_moment`, `gradient` or `dead`, also with a hyphen, or a word as it is in the store.
    public init(_ word: String) {
        let known = RunField.LayerMeasure(rawValue: word.split(separator: "-").joined(separator: "_"))
        stored = known == .variance ? LayerPlace.populationMean : known?.stored ?? word
    }

    /// The variance as our own runs measure it.
    public static let variance = MeasureWord(stored: LayerPlace.populationMean)

    /// Whether the numbers are shares, which are compared by their difference and do not grow by factors.
    public var isShare: Bool { stored == RunField.LayerMeasure.dead.stored }

    /// What a sentence calls it.
    public var noun: String {
        switch RunField.LayerMeasure.allCases.first(where: { $0.stored == stored }) {
        case .secondMoment: "second moment"
        case .gradient: "second moment of the gradient"
        case .dead: "share of dead units"
        default: "variance"
        }
    }

    /// The title of an axis: the noun, and how a variance was measured where that is known.
    var title: String {
        guard noun == "variance", stored != LayerPlace.unknownMeasure else { return noun }
        return "variance (\(self == .variance ? "population, mean over units" : stored))"
    }

    /// The measure to compare groups by: the one that is asked for, else the variance where all groups have it, else the only
    /// one that all have.
    ///
    /// - Parameters:
    ///   - asked: the measure that is asked for.
    ///   - groups: the groups as they were typed, with the words of the store that their layers have.
    /// - Returns: the measure.
    /// - Throws: ``QuestionError`` where a group does not have the one that is asked for, where there is no measure that all
    ///   have, and where there are several.
    public static func chosen(
        _ asked: MeasureWord?,
        among groups: [(word: String, measures: Set<ExactText>)]
    ) throws(QuestionError) -> MeasureWord {
        if let asked {
            for group in groups where !group.measures.contains(ExactText(asked.stored)) {
                throw .noMeasure(word: group.word, measure: asked.stored, known: group.measures.sorted().map(\.text))
            }
            return asked
        }
        let all = Set(groups.flatMap(\.measures)).sorted()
        let common = all.filter { measure in groups.allSatisfy { $0.measures.contains(measure) } }
        if common.contains(ExactText(LayerPlace.populationMean)) { return .variance }
        guard let only = common.first else { throw .measuresDiffer(all.map(\.text)) }
        guard common.count == 1 else { throw .severalMeasures(common.map(\.text)) }
        return MeasureWord(stored: only.text)
    }

    /// Whether numbers of a word of the store are of this measure.
    func includes(_ measure: String) -> Bool { stored.isExactly(measure) }
}

extension MeasureWord: Equatable {
    /// Words are equal byte by byte.
    public static func == (first: MeasureWord, second: MeasureWord) -> Bool { first.stored.isExactly(second.stored) }
}
