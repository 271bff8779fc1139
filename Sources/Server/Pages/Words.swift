import Glibc
import Questions
import Storage

/// How values are written in pages.
enum Words {
    /// A number with its thousands apart.
    static func count(_ number: Int64) -> String {
        let digits = String(number.magnitude)
        var parts: [Substring] = []
        var rest = digits[...]
        while rest.count > 3 {
            parts.insert(rest.suffix(3), at: 0)
            rest = rest.dropLast(3)
        }
        parts.insert(rest, at: 0)
        return (number < 0 ? "−" : "") + parts.joined(separator: "\u{202F}")
    }

    static func count(_ number: Int, _ noun: String) -> String {
        "\(count(Int64(number))) \(noun)" + (number == 1 ? "" : "s")
    }

    /// A moment in UTC, to the minute.
    static func minute(_ moment: Int64) -> String { text(moment, "%Y-%m-%d %H:%M") }

    /// A moment in UTC as machines read it.
    static func iso(_ moment: Int64) -> String { text(moment, "%Y-%m-%dT%H:%M:%SZ") }

    private static func text(_ moment: Int64, _ format: String) -> String {
        var seconds = time_t(moment / 1000)
        var parts = tm()
        guard Moment.isPossible(moment), gmtime_r(&seconds, &parts) != nil else { return moment.description }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            let count = strftime(buffer.baseAddress, buffer.count, format, &parts)
            return String(decoding: UnsafeRawBufferPointer(buffer).prefix(count), as: UTF8.self)
        }
    }

    /// A length of time, from milliseconds.
    static func duration(_ milliseconds: Int64) -> String {
        let seconds = Double(milliseconds) / 1000
        return switch abs(seconds) {
        case ..<1: "\(milliseconds) ms"
        case ..<60: formatted("%.1f s", seconds)
        case ..<3600: "\(Int64(seconds) / 60) min \(Int64(seconds) % 60) s"
        default: "\(Int64(seconds) / 3600) h \(Int64(seconds) / 60 % 60) min"
        }
    }

    /// A number for tables: four digits with their zeros, so that those of a column can be told apart at a glance.
    static func number(_ number: Double) -> String {
        if let whole = Int64(exactly: number), abs(whole) < 1_000_000 { return whole.description }
        return switch abs(number) {
        case 1e-3..<1000: formatted("%#.4g", number)
        case 1000..<1e6: formatted("%.1f", number)
        default: formatted("%.3e", number)
        }
    }

    /// A number of bytes.
    static func bytes(_ bytes: Int64) -> String { byteCount(bytes, named: "B") }

    /// The mark that stands before a status, so that colour is not all that tells it.
    static func mark(of status: RunStatus) -> String {
        switch status {
        case .running: "●"
        case .finished: "✓"
        case .failed: "✕"
        case .killed: "■"
        default: "○"
        }
    }
}

extension HTML {
    /// Writes the status of a run.
    mutating func add(status run: Run) {
        let status = run.status.rawValue
        let known = ["running", "finished", "failed", "killed"].contains(status) ? status : "other"
        add("span", ["class": "status \(known)"]) { html in
            html.add("span", ["aria-hidden": "true"], Words.mark(of: run.status))
            html.add(" " + status)
        }
        if let silence = run.silence { add("small", ["class": "warn"], silence) }
    }

    /// Writes a moment: how long ago it was, and on hover the whole of it.
    mutating func add(moment: Int64) {
        let age = Moment.age(of: moment)
        let text = age < 7 * 86_400_000 ? Moment.span(since: moment) + " ago" : Words.minute(moment)
        add("time", ["datetime": Words.iso(moment), "title": Words.minute(moment) + " UTC"], text)
    }

    /// Writes a number rounded, and on hover exactly.
    mutating func add(number: Double) {
        guard number.isFinite else {
            add("span", ["class": "notfinite"], number.isNaN ? "NaN" : number > 0 ? "∞" : "−∞")
            return
        }
        let short = Words.number(number)
        let exact = NumberText.exact(number)
        if short == exact { add(short) } else { add("span", ["title": exact], short) }
    }

    /// Writes a value of a run.
    mutating func add(value: JSON) {
        switch value {
        case .null: add("span", ["class": "none", "aria-label": "none"], "–")
        case .real(let number):
            // What was given is shown as it was given.
            let exact = NumberText.exact(number)
            if exact.utf8.count <= 9, number.isFinite { add(exact) } else { add(number: number) }
        case .integer(let number): add(number.description)
        case .string(let text): add(long: text, limit: 120)
        case .bool(let truth): add(truth ? "true" : "false")
        default: add(long: value.text, limit: 120)
        }
    }

    /// Writes a text of which no more than so many characters are shown.
    mutating func add(long text: String, limit: Int) {
        if text.utf8.count <= limit { return add(text) }
        let start = text.prefix(limit)
        if start.endIndex == text.endIndex { return add(text) }
        add("span", ["title": String(text.prefix(2000))], start + "…")
    }

    /// Writes a digest short, whole on hover.
    mutating func add(digest: String) {
        add("code", ["title": digest], String(digest.prefix(12)))
    }

    /// Writes a link.
    mutating func add(link address: String, _ text: String, current: Bool = false) {
        add("a", ["href": address, "aria-current": current ? "true" : nil], text)
    }

    /// Writes a command to be typed, with what copies it.
    mutating func add(command: String) {
        add("span", ["class": "command"]) { html in
            html.add("code", [:], command)
            html.add("button", ["type": "button", "class": "copy", "data-copy": command, "hidden": ""], "Copy")
        }
    }

    /// Writes hidden fields that keep the state of a page when a form is sent.
    mutating func add(hidden query: PageQuery) {
        for (name, value) in query.items where !value.isEmpty {
            add("input", ["type": "hidden", "name": name, "value": value])
        }
    }
}
