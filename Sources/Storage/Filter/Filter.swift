/// Which runs are meant: MLflow's search grammar and more, compiled to SQL with bound values.
///
///     architecture = 'plain' AND (seed < 10 OR tags.note LIKE '%drift%') AND NOT metrics.loss >= 2.5
///
/// **Fields**: those of ``RunField``. Keys with other characters than letters, digits and `_-./:` are in backticks or
/// double quotes: `metrics."val loss"`.
///
/// **Tests**: `=`, `!=`, `<`, `<=`, `>`, `>=`, `LIKE` (`%` any text, `_` any character), `ILIKE` (the same, whatever the
/// case of ASCII letters), `IN (…)`, their forms with `NOT`, `IS NULL`, `IS NOT NULL`; of metrics and layers also `IS NAN`, `IS FINITE`, `IS NOT NAN`,
/// `IS NOT FINITE`; joined by `AND`, `OR`, `NOT` and
/// parentheses.
///
/// **Values**: numbers (`5`, `-2.5`, `1e-3`, `inf`) and quoted text (`'it''s'`). For `started` and `ended` also dates,
/// in UTC: `'2026-11-24'`, `'2026-11-24T10:00:00+01:00'`.
///
/// **Comparison**: two values that are numbers, or text that reads as one, compare as numbers; two other texts byte by
/// byte. A number and a text that is none are unequal and have no order: neither `<` nor `>` is true.
///
/// **What is not there** (no such param, a metric that is NaN) is NULL. As in SQL a test of it is neither true nor false,
/// also after NOT, so the run is left out; only `IS NULL` finds it. Of three runs with a last loss of 2, of NaN and
/// without any, `metrics.loss < 5` finds the first, and so does `NOT metrics.loss > 5`; `metrics.loss IS NAN` finds the
/// second, `metrics.loss IS NOT NAN` and `IS FINITE` the first, `metrics.loss IS NULL` the second and the third.
///
/// **Values of metrics**: `metrics.KEY` is the last one, `max(metrics.KEY)` and `min(metrics.KEY)` the greatest and the
/// least of all steps, infinities included and NaN left out; `max_step(metrics.KEY)` and `min_step(metrics.KEY)` are the first
/// steps that have them. `variance.LAYER` is any variance, whatever the measure is
/// called; `second_moment.LAYER`, `gradient.LAYER` and `dead.LAYER` are those that Varve records beside it.
public struct Filter: Sendable {
    let condition: Condition?

    /// All runs.
    public static let all = Filter(condition: nil)

    init(condition: Condition?) { self.condition = condition }

    /// The run of a number.
    public static func run(_ number: Int64) -> Filter { Filter(.number, .number(.integer(number))) }

    /// The runs of an architecture.
    public static func architecture(_ name: String) -> Filter { Filter(.architecture, .text(name)) }

    /// The runs of a status.
    public static func status(_ status: RunStatus) -> Filter { Filter(.status, .text(status.rawValue)) }

    /// The runs of a number and of all later ones.
    public static func runs(from number: Int64) -> Filter {
        Filter(.number, .number(.integer(number)), .greaterOrEqual)
    }

    private init(_ attribute: RunField.Attribute, _ value: FilterValue, _ sign: FieldTest.Sign = .equal) {
        condition = .test(.attribute(attribute), .compare(sign, value))
    }

    /// The runs that this filter and another one both find.
    public func and(_ other: Filter) -> Filter {
        let parts = [condition, other.condition].compactMap(\.self)
        return Filter(condition: parts.count == 2 ? .all(parts) : parts.first)
    }

    /// Reads a filter.
    ///
    /// - Throws: ``FilterError`` that points at the first place which cannot be read.
    public init(parsing text: String) throws(FilterError) {
        var parser = try FilterParser(text)
        condition = try parser.filter()
    }
}

/// A filter as a tree.
indirect enum Condition: Sendable {
    case test(RunField, FieldTest)
    case not(Condition)
    case all([Condition])
    case any([Condition])
}

/// What is asked of one field.
enum FieldTest: Sendable {
    case compare(Sign, FilterValue)
    case among([FilterValue])
    case like(String, ignoringCase: Bool)
    case isNull
    /// Recorded, and NaN.
    case isNaN
    /// Recorded, and neither NaN nor infinite.
    case isFinite

    /// The signs are SQL's own.
    enum Sign: String, Sendable {
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }
}

/// A value in a filter.
enum FilterValue: Sendable, Equatable {
    /// An integer or a real.
    case number(SQLValue)
    /// What stood in quotes; it may read as a number.
    case text(String)
}
