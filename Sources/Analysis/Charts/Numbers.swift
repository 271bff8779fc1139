import Glibc

extension Double {
    /// The shortest text that reads back as the same number, for the texts that show on hover.
    var exact: String { isFinite ? description : isNaN ? "NaN" : self > 0 ? "Infinity" : "-Infinity" }

    /// Four significant digits, for people.
    var short: String {
        guard isFinite else { return exact }
        var buffer = [CChar](repeating: 0, count: 32)
        let count = withVaList([self]) { vsnprintf(&buffer, buffer.count, "%.4g", $0) }
        return String(decoding: buffer.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A place in a picture: pixels, to a tenth of one.
    var pixels: String {
        guard isFinite, abs(self) < 1e9 else { return "0" }
        let tenths = Int((self * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let (whole, rest) = abs(tenths).quotientAndRemainder(dividingBy: 10)
        return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
    }
}

/// From where to where the finite ones of some values reach, as `from 1 to 27`; nil where there is none.
func span(_ values: some Sequence<Double>) -> String? {
    let finite = values.lazy.filter(\.isFinite)
    guard let lowest = finite.min(), let highest = finite.max() else { return nil }
    return "from \(lowest.short) to \(highest.short)"
}

/// A number as an axis writes it: an integer times a power of ten, so that its digits are exact.
struct RoundNumber {
    let digits: Int
    let exponent: Int

    var value: Double { Double("\(digits)e\(exponent)") ?? 0 }

    /// The power of ten of the first digit.
    var magnitude: Int { String(abs(digits)).count - 1 + exponent }

    /// Every digit written out, `0.0050` or `20000`.
    var plain: String {
        let sign = digits < 0 ? "-" : ""
        let text = String(abs(digits))
        guard digits != 0, exponent < 0 else {
            return sign + text + String(repeating: "0", count: digits == 0 ? 0 : exponent)
        }
        let padded = String(repeating: "0", count: max(0, 1 - exponent - text.count)) + text
        return sign + padded.dropLast(-exponent) + "." + padded.suffix(-exponent)
    }

    /// The first digit before the point and the power of ten after an e, `1.5e6`.
    var scientific: String {
        guard digits != 0 else { return "0" }
        var text = Substring(String(abs(digits)))
        while text.last == "0" { text.removeLast() }
        let rest = text.dropFirst()
        return (digits < 0 ? "-" : "") + text.prefix(1) + (rest.isEmpty ? "" : ".\(rest)") + "e\(magnitude)"
    }
}
