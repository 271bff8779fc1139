import Glibc
import Storage

/// A number for people: five significant digits where no other count is given.
public func rounded(_ value: Double, digits: Int = 5) -> String {
    value.isFinite ? formatted("%.\(digits)g", value) : NumberText.exact(value)
}

/// A mean with its standard deviation for people: two significant digits of the deviation, the mean to the same place.
public func rounded(_ mean: Double, deviation: Double) -> String {
    guard mean.isFinite, deviation.isFinite, deviation > 0 else { return "\(rounded(mean)) ± \(rounded(deviation))" }
    var places = 0
    var unit = deviation
    while unit < 10, places < 12 {
        unit *= 10
        places += 1
    }
    return formatted("%.\(places)f", mean) + " ± " + formatted("%.\(places)f", deviation)
}

/// A number as C's `printf` writes it.
public func formatted(_ format: String, _ value: Double) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
        let count = withVaList([value]) { vsnprintf(buffer.baseAddress, buffer.count, format, $0) }
        return String(decoding: UnsafeRawBufferPointer(buffer).prefix(max(0, Int(count))), as: UTF8.self)
    }
}

/// Three significant digits with their zeros, for sentences.
func short(_ value: Double) -> String { value.isFinite ? formatted("%#.3g", value) : NumberText.exact(value) }

/// Four, for factors near 1.
func fine(_ value: Double) -> String { value.isFinite ? formatted("%#.4g", value) : NumberText.exact(value) }

/// A number of things: `1 run`, `2 runs`.
public func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }

/// Numbers in order, neighbours put together: `0-9, 12`; at most eight parts.
public func ranges(_ numbers: [Int64]) -> String {
    var parts: [ClosedRange<Int64>] = []
    for number in numbers {
        if let last = parts.last, last.upperBound < number, last.upperBound + 1 == number {
            parts[parts.count - 1] = last.lowerBound...number
        } else {
            parts.append(number...number)
        }
    }
    let texts = parts.prefix(8).map {
        $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
    }
    let more = parts.count - 8
    return texts.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
}
