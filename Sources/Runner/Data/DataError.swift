/// A refusal of data or of a request for data.
///
/// It says in one line what was met, where, and where possible what to do:
/// `x_test has 30 features but x has 40`.
public struct DataError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line without a full stop.
    public let message: String

    /// Makes the message one line, whatever foreign text it quotes.
    public init(_ message: String) {
        self.message = message.oneLine
    }

    public var description: String { message }
}

extension String {
    /// The text with everything that could break or disguise a line of output written as `\u{…}`.
    var oneLine: String {
        var line = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                line += "\\u{" + String(scalar.value, radix: 16) + "}"
            default:
                line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    /// The beginning of foreign bytes, in quotation marks, for a message.
    init(quoting bytes: some Collection<UInt8>) {
        self = "'" + String(decoding: bytes.prefix(60), as: UTF8.self) + (bytes.count > 60 ? "…'" : "'")
    }
}
