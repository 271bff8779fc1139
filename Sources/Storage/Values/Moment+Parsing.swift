extension Moment {
    /// The first moment of what a person calls a date or a time: `2026-11-24`, `2026-11-24T10:00`,
    /// `2026-11-24 10:00:00.5+01:00`; UTC unless it says otherwise.
    ///
    /// - Returns: milliseconds since 1970; nil for other text, and for days that no calendar has.
    static func parse(_ text: String) -> Int64? {
        var rest = text.utf8[...]
        func number(_ digits: Int, _ range: ClosedRange<Int64>) -> Int64? {
            let word = rest.prefix(digits)
            guard word.count == digits, word.allSatisfy({ (48...57).contains($0) }) else { return nil }
            rest.removeFirst(digits)
            let value = word.reduce(0) { $0 * 10 + Int64($1 - 48) }
            return range.contains(value) ? value : nil
        }
        func skip(_ marks: Character...) -> Bool {
            guard let byte = rest.first, marks.contains(where: { $0.asciiValue == byte }) else { return false }
            rest.removeFirst()
            return true
        }
        guard let year = number(4, 1...9999), skip("-"), let month = number(2, 1...12), skip("-"),
            let day = number(2, 1...daysIn(month, year))
        else { return nil }
        var time = days(year, month, day) * 86_400_000
        if skip("T", "t", " ") {
            guard let hour = number(2, 0...23), skip(":"), let minute = number(2, 0...59) else { return nil }
            time += (hour * 60 + minute) * 60_000
            if skip(":") {
                guard let second = number(2, 0...59) else { return nil }
                time += second * 1000
                if skip(".") {
                    let fraction = rest.prefix { (48...57).contains($0) }
                    guard (1...9).contains(fraction.count) else { return nil }
                    rest.removeFirst(fraction.count)
                    time += (fraction + [48, 48]).prefix(3).reduce(0) { $0 * 10 + Int64($1 - 48) }
                }
            }
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                rest.removeFirst()
                guard let hours = number(2, 0...23), skip(":"), let minutes = number(2, 0...59) else { return nil }
                time -= (sign == UInt8(ascii: "+") ? 1 : -1) * (hours * 60 + minutes) * 60_000
            } else {
                _ = skip("Z", "z")
            }
        }
        return rest.isEmpty ? time : nil
    }

    private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func daysIn(_ month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 to a day of the Gregorian calendar.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let before = year - 1
        let toYear = before * 365 + before / 4 - before / 100 + before / 400
        let toMonth = (1..<month).reduce(0) { $0 + daysIn($1, year) }
        // 719 162 days lie between the first day of year 1 and that of 1970.
        return toYear + toMonth + day - 1 - 719_162
    }
}
