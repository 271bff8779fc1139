/// The horizontal axis of a scatter plot: numbers, or a place for each value.
struct ScatterAxis {
    let left: Double
    let right: Double
    private let scale: Scale
    private let ticks: [Scale.Tick]
    private let categories: (axis: CategoryAxis, places: [ScatterPlot.Value: Int])?
    private let groups: Int
    /// How far from each other groups are at one value; 0 where they are at the same place.
    private var distance = 0.0

    init(
        _ values: [ScatterPlot.Value],
        _ categories: [ScatterPlot.Value]?,
        _ groups: Int,
        left: Double,
        right: Double
    ) {
        self.groups = groups
        self.right = right
        let numbers = Set(values.compactMap { value in if case .number(let number) = value { number } else { nil } })
            .sorted()
        scale = Scale(Scale.Kind(spanning: numbers), over: numbers, labels: TickRow.labels(in: right - left))
        // A few values are labelled themselves.
        ticks =
            (1...6).contains(numbers.count)
            ? numbers.map { Scale.Tick(value: $0, label: $0.short) } : scale.ticks
        if let categories {
            let axis = CategoryAxis(categories.map(\.text), after: 0, left: left, right: right)
            let places = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, $0) })
            self.categories = (axis, places)
            self.left = axis.left
            distance = min(14, 0.7 * (right - left) / Double(max(1, places.count * groups)))
        } else {
            self.categories = nil
            self.left = left
            let places = numbers.map(x)
            let nearest = zip(places, places.dropFirst()).map { $1 - $0 }.min() ?? right - left
            if groups <= 4, nearest >= 11 * Double(groups) + 10 { distance = 11 }
        }
    }

    /// Whether groups are side by side at each number.
    var isSpread: Bool { distance > 0 && categories == nil && groups > 1 }

    /// Where a value of a group lies.
    func x(_ value: ScatterPlot.Value, group: Int) -> Double {
        let shift = distance * (Double(group) - Double(groups - 1) / 2)
        switch value {
        case _ where categories != nil: return (categories?.axis.x(categories?.places[value] ?? 0) ?? left) + shift
        case .number(let number): return x(number) + shift
        case .text: return left
        }
    }

    private func x(_ number: Double) -> Double { left + 12 + (right - left - 24) * (scale.fraction(number) ?? 0) }

    /// Draws the axis and says how far down it came.
    func draw(title: String, under bottom: Double, page: Double, in markup: inout Markup) -> Double {
        if let axis = categories?.axis {
            axis.draw(under: bottom, in: &markup)
            TickRow(ticks: [], title: title, left: left, right: right)
                .draw(under: bottom + axis.height - 26, page: page, in: &markup)
            return bottom + axis.height + 14
        }
        TickRow(
            ticks: ticks.map { (x: x($0.value), label: $0.label) },
            minorTicks: scale.minorTicks.map(x),
            title: title,
            left: left,
            right: right
        ).draw(under: bottom, page: page, in: &markup)
        return bottom + TickRow.height
    }
}
