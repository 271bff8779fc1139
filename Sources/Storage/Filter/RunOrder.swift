/// One key that runs are ordered by; numbers come before text, and what is NULL comes last either way.
public struct RunOrder: Sendable, Equatable {
    public let field: RunField
    public let isDescending: Bool

    /// The order by one field.
    public init(_ field: RunField, isDescending: Bool = false) {
        self.field = field
        self.isDescending = isDescending
    }

    /// Reads keys with commas between them: `metrics.loss`, `-seed`, `architecture, variance.residual5 desc`.
    ///
    /// - Throws: ``FilterError`` that points at the first place which cannot be read.
    public static func list(parsing text: String) throws(FilterError) -> [RunOrder] {
        var parser = try FilterParser(text)
        var orders: [RunOrder] = []
        repeat {
            let isReversed = parser.take(symbol: "-")
            let field = try parser.field()
            let isDescending = parser.take("DESC")
            if isReversed && isDescending { throw parser.unexpected("a comma or the end: a minus already means DESC") }
            if !isDescending && !isReversed { _ = parser.take("ASC") }
            orders.append(RunOrder(field, isDescending: isReversed || isDescending))
        } while parser.take(symbol: ",")
        guard parser.token.kind == .end else { throw parser.unexpected("DESC, a comma or the end") }
        return orders
    }
}
