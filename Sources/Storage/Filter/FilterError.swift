/// Why a filter, an order or a list of columns cannot be read, and where.
public struct FilterError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, as `there is no field 'archtecture'`.
    public let reason: String
    /// What belongs there.
    public let expected: String
    /// The whole text.
    public let text: String
    /// Where in the text it is, in bytes of UTF-8; the length of the text for its end.
    public let offset: Int

    /// The field that there is none of, where that is what is wrong.
    public var unknownField: String?

    /// Everything on one line; a terminal is better served with a mark under the place.
    public var description: String { "\(reason), at byte \(offset) of \(text): expected \(expected)" }
}
