import Analysis

/// The points of a line that suffice to draw it, chosen while they are read.
///
/// The steps are cut into as many stretches as the widest picture has pixels; of each the first, the lowest, the highest
/// and the last point stay, and the first that is not finite. No more than a stretch of a line is ever held besides.
struct DrawnPoints {
    /// The last step of the run.
    private let last: Int64
    private var grid: StepGrid?
    private var stretch: Int64 = 0
    private var open: [Series.Point] = []
    private var kept: [Series.Point] = []

    /// A line without points.
    ///
    /// - Parameter last: the last step that may come.
    init(upTo last: Int64) { self.last = last }

    /// Adds a point; steps never descend.
    mutating func add(_ step: Int64, _ value: Double) {
        let grid = grid ?? StepGrid(from: step, to: last)
        self.grid = grid
        let number = grid.stretch(of: step)
        if number != stretch { close() }
        stretch = number
        open.append(Series.Point(x: Int(step), y: value))
    }

    /// The points, when all have come.
    mutating func points() -> [Series.Point] {
        close()
        return kept
    }

    private mutating func close() {
        kept += open.count > 4 ? Series(name: "", points: open).thinned(columns: 1).points : open
        open.removeAll(keepingCapacity: true)
    }
}

/// Steps cut into equal stretches, as many as the widest picture has pixels.
struct StepGrid {
    private let first: Int64
    /// How many steps a stretch has.
    let width: Int64

    /// Steps of a recorder lie within 2^62, so that their differences fit.
    init(from first: Int64, to last: Int64) {
        self.first = first
        width = max(0, last &- first) / Int64(PictureStyle.widths.upperBound) + 1
    }

    func stretch(of step: Int64) -> Int64 {
        let distance = step &- first
        return distance >= 0 ? distance / width : -1 - (-1 - distance) / width
    }
}
