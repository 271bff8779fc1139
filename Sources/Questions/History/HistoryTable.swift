public import Analysis
public import Storage

/// A history through runs, or through the steps of one, as it is read: entry by entry, oldest first.
public protocol EntryList {
    var heading: String { get }
    /// What the values are of; nil where no run has measured any layer.
    var subject: Quantity? { get }
    /// `run` or `step`: what the entries follow each other by.
    var axis: String { get }

    /// Hands over the entries in order, in one snapshot of the store.
    ///
    /// - Throws: `SQLiteError`; what `body` throws.
    func forEachEntry(in store: Store, _ body: (History.Entry) throws -> Void) throws
}

extension History: EntryList {
    public var axis: String { "run" }

    public var subject: Quantity? { quantity }
}

extension StepHistory: EntryList {
    public var axis: String { "step" }

    public var subject: Quantity? { quantity }
}

/// How the rows of a history are written.
public enum HistoryStyle: Sendable {
    /// All keys, for programs.
    case exact
    case full
    /// Two columns less rather than a number that is cut.
    case narrow
}

extension EntryList {
    /// The titles of the columns.
    public func titles(_ style: HistoryStyle) -> [String] {
        guard style != .exact else { return History.Entry.keys(of: subject) }
        let value =
            switch subject {
            case .metric: "value"
            case .layer(_, let measure): measure.noun
            case nil: "variance"
            }
        guard axis == "run" else { return ["step", value, "change"] }
        return ["run", "architecture", "seed"] + (style == .narrow ? [] : ["started", "step"])
            + [value, "change", "band", "mark"]
    }

    /// The row of an entry.
    public func cells(of entry: History.Entry, _ style: HistoryStyle) -> [Cell] {
        let run = entry.run
        guard style != .exact else {
            let record = entry.record
            return History.Entry.keys(of: subject).map { Cell(record[$0]) }
        }
        guard axis == "run" else { return [.integer(run.step), .real(entry.value), Cell(entry.change)] }
        let digits = entry.digits
        let band = entry.band.map { rounded($0.low, digits: digits) + " … " + rounded($0.high, digits: digits) }
        return [.integer(run.run), Cell(run.architecture), Cell(run.seed)]
            + (style == .narrow ? [] : [.minute(run.started), .integer(run.step)])
            + [
                .real(entry.value, digits: digits), Cell(entry.change), band.map { .figures($0) } ?? .missing,
                Cell(entry.mark),
            ]
    }
}

extension History.Entry {
    /// As many digits as tell the value and its band apart, five at least.
    fileprivate var digits: Int {
        // Nine tell any two values of float32 apart.
        if differsFrom != nil { return 9 }
        guard let band, value.isFinite else { return 5 }
        let ordered = [band.low, value, band.high].sorted()
        // As a rule they lie further apart than two numbers of five digits that read the same.
        if zip(ordered, ordered.dropFirst()).allSatisfy({ $1 - $0 > 1e-4 * max(abs($0), abs($1)) }) { return 5 }
        let values = Set(ordered)
        return (5..<17).first { digits in Set(values.map { rounded($0, digits: digits) }).count == values.count } ?? 17
    }
}

/// The lines of a history, one for each architecture, of no more points than a chart on a terminal can show.
public struct HistoryLines: Sendable {
    /// Ten times as many columns as a terminal has.
    private static let columns = 1000

    private let axis: String
    private var names: [String] = []
    private var points: [ExactText: [Series.Point]] = [:]
    private var ends: (first: Int64, last: Int64)?
    /// How many entries there were.
    public private(set) var count = 0
    /// How many of them have a change from an earlier one.
    public private(set) var changes = 0

    /// Begins without lines.
    public init(_ list: some EntryList) { axis = list.axis }

    /// Adds the next entry.
    public mutating func add(_ entry: History.Entry) {
        let text = entry.run.architecture ?? "unknown"
        let name = ExactText(text)
        let place = axis == "run" ? entry.run.run : entry.run.step
        count += 1
        if entry.change != nil { changes += 1 }
        ends = (ends?.first ?? place, place)
        if points[name] == nil { names.append(text) }
        points[name, default: []].append(Series.Point(x: axis == "run" ? count : Int(place), y: entry.value))
        // Of any number of values no more are kept than can be told apart.
        if let line = points[name], line.count > 20 * Self.columns {
            points[name] = Series(name: text, points: line).thinned(columns: Self.columns).points
        }
    }

    /// The chart; nil where there is no line to draw.
    public var chart: TerminalChart? {
        let series = names.map { Series(name: $0, points: points[ExactText($0)] ?? []) }
        guard let ends, series.contains(where: { $0.points.count > 1 }) else { return nil }
        return TerminalChart(series, from: "\(axis) \(ends.first)", to: "\(axis) \(ends.last)")
    }
}
