/// The room between two axes: places for values, grid and labels of the vertical axis, strips for what is on no axis.
struct Panel {
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double
    let scale: Scale
    /// The strips that are needed, at the height of their middle.
    private var strips: [Edge: Double] = [:]
    /// Where the axis ends, between the strips.
    private let axisTop: Double
    private let axisBottom: Double

    private static let strip = 18.0

    /// Makes a panel.
    ///
    /// - Parameters:
    ///   - values: all that is drawn in it; they decide the axis and which strips there are.
    ///   - kind: the kind of the vertical axis.
    ///   - left: its left end; see ``room(for:)``.
    ///   - right: its right end.
    ///   - top: its upper end.
    ///   - height: its height, to which the strips are added.
    init(_ values: [Double], kind: Scale.Kind, left: Double, right: Double, top: Double, height: Double) {
        scale = Self.scale(of: values, kind, height: height)
        var present: Set<Edge> = []
        for value in values {
            if let edge = Edge(value, on: kind) { present.insert(edge) }
        }
        var y = top
        for edge in [Edge.notANumber, .infinite] where present.contains(edge) {
            strips[edge] = y + Self.strip / 2
            y += Self.strip
        }
        axisTop = y
        axisBottom = y + height
        if present.contains(.low) { strips[.low] = axisBottom + Self.strip / 2 }
        bottom = axisBottom + (present.contains(.low) ? Self.strip : 0)
        self.top = top
        self.left = left
        self.right = right
    }

    /// The scale of an axis of a height, with as many labels as have room.
    static func scale(of values: [Double], _ kind: Scale.Kind, height: Double) -> Scale {
        Scale(kind, over: values, labels: min(8, max(2, Int(height / 24))))
    }

    /// The room that the labels and the title of an axis take to the left of it.
    static func room(for scale: Scale) -> Double {
        44 + labels(of: scale)
    }

    /// The width of an axis's widest label.
    static func labels(of scale: Scale) -> Double {
        scale.ticks.reduce(28) { max($0, textWidth($1.label, size: Theme.font)) }
    }

    /// The height of a value, in its strip where it has no place on the axis.
    func y(_ value: Double) -> Double {
        if let edge = Edge(value, on: scale.kind) { return strips[edge] ?? (edge == .low ? axisBottom : axisTop) }
        return axisBottom - (scale.fraction(value) ?? 0) * (axisBottom - axisTop)
    }

    /// The height of a value; nil where it has no place on the axis, and a line through it breaks.
    func placed(_ value: Double) -> Double? { Edge(value, on: scale.kind) == nil ? y(value) : nil }

    /// The height of an end of a band, which reaches the end of the axis where it has no place on it.
    func end(_ value: Double) -> Double {
        switch Edge(value, on: scale.kind) {
        case nil: y(value)
        case .low: axisBottom
        case .infinite, .notANumber: axisTop
        }
    }

    /// Draws grid, strips, axis and labels, and a title along the axis.
    func drawAxis(title: String?, in markup: inout Markup) {
        for (edge, y) in strips.sorted(by: { $0.value < $1.value }) {
            markup.element(
                "rect",
                [
                    "class": "strip", "x": left.pixels, "y": (y - Self.strip / 2 + 1).pixels,
                    "width": (right - left).pixels, "height": (Self.strip - 2).pixels,
                ]
            )
            markup.line(edge.label(on: scale.kind), x: left - 9, y: y + 4, anchor: "end")
        }
        for tick in scale.ticks {
            let y = y(tick.value)
            markup.element("path", ["class": "grid", "d": "M\(left.pixels) \(y.pixels)H\(right.pixels)"])
            markup.line(tick.label, x: left - 9, y: y + 4, anchor: "end")
        }
        var marks = scale.ticks.map { "M\(left.pixels) \(y($0.value).pixels)h-5" }
        marks += scale.minorTicks.map { "M\(left.pixels) \(y($0).pixels)h-3" }
        marks.append("M\(left.pixels) \(axisTop.pixels)V\(axisBottom.pixels)")
        marks.append("M\(left.pixels) \(bottom.pixels)H\(right.pixels)")
        markup.element("path", ["class": "axis", "fill": "none", "d": marks.joined()])
        guard let title else { return }
        let room = bottom - top + 16
        let fits = textWidth(title, size: Theme.font) <= room
        // Where there is no room for the whole, what is in brackets goes first.
        let text = fits ? title : shortened(quantity(title), to: room, size: Theme.font)
        markup.element(
            "text",
            [
                "class": "muted", "text-anchor": "middle",
                "transform":
                    "translate(\((left - Self.labels(of: scale) - 24).pixels) \(((axisTop + axisBottom) / 2).pixels)) rotate(-90)",
            ],
            text: text,
            title: text == title ? nil : title
        )
    }
}

/// A path through places, broken where there is none; a place alone becomes a dot.
func linePath(_ places: some Sequence<(x: Double, y: Double?)>) -> String {
    var path = ""
    var length = 0
    for place in places {
        guard let y = place.y else {
            if length == 1 { path += "h0" }
            length = 0
            continue
        }
        path += "\(length == 0 ? "M" : length == 1 ? "L" : " ")\(place.x.pixels) \(y.pixels)"
        length += 1
    }
    return length == 1 ? path + "h0" : path
}

/// The ends of a band; where there are more of them than columns, the widest of each stretch.
func thinned(
    _ ends: [(x: Double, low: Double, high: Double)],
    columns: Int
) -> [(x: Double, low: Double, high: Double)] {
    guard ends.count > 2 * columns else { return ends }
    let length = (ends.count + columns - 1) / columns
    return stride(from: 0, to: ends.count, by: length).flatMap { start in
        let stretch = ends[start..<min(start + length, ends.count)]
        // Pixels run down: the lowest end is the greatest of them.
        let low = stretch.lazy.map(\.low).max() ?? 0
        let high = stretch.lazy.map(\.high).min() ?? 0
        return [stretch.first, stretch.last].compactMap { end in end.map { ($0.x, low, high) } }
    }
}

/// A closed path between lower and upper ends; one alone becomes a bar.
func bandPath(_ ends: [(x: Double, low: Double, high: Double)]) -> String {
    var ends = ends
    if let only = ends.first, ends.count == 1 {
        ends = [(only.x - 6, only.low, only.high), (only.x + 6, only.low, only.high)]
    }
    guard !ends.isEmpty else { return "" }
    let forth = ends.map { "\($0.x.pixels) \($0.high.pixels)" }
    let back = ends.reversed().map { "\($0.x.pixels) \($0.low.pixels)" }
    return "M" + (forth + back).joined(separator: " ") + "z"
}
