import Analysis
import Glibc
import Questions

/// Intervals of several rows on one axis, as small pictures beside the figures: the line is where nothing differs.
struct IntervalDrawing {
    private let isRatio: Bool
    private let low: Double
    private let high: Double
    private static let (width, height) = (200.0, 18.0)

    /// Nil where no row has an interval.
    init?(_ contrasts: [Contrast], isRatio: Bool) {
        self.isRatio = isRatio
        var places: [Double] = [0]
        for contrast in contrasts {
            for value in [contrast.estimate, contrast.interval?.low, contrast.interval?.high] {
                if let value, let place = Self.place(value, isRatio) { places.append(place) }
            }
        }
        // An interval that reaches far beyond all estimates is cut, or nothing else could be seen.
        guard places.count > 1, let low = places.min(), let high = places.max(), high > low else { return nil }
        let room = (high - low) * 0.06
        (self.low, self.high) = (low - room, high + room)
    }

    /// A value on the axis: of ratios the logarithm.
    private static func place(_ value: Double, _ isRatio: Bool) -> Double? {
        let place = isRatio ? (value > 0 ? log(value) : -.infinity) : value
        return place.isFinite ? place : nil
    }

    private func x(_ place: Double) -> Double { (place - low) / (high - low) * Self.width }

    private func text(_ x: Double) -> String { formatted("%.1f", x) }

    private func svg(_ html: inout HTML, _ label: String?, _ content: (inout HTML) -> Void) {
        html.add(
            "svg",
            [
                "class": "interval", "viewBox": "0 0 200 18", "preserveAspectRatio": "none",
                "role": label == nil ? nil : "img", "aria-label": label, "aria-hidden": label == nil ? "true" : nil,
            ],
            content
        )
    }

    /// Writes the ends of the axis and the place where nothing differs.
    func writeAxis(to html: inout HTML) {
        let ends = [low, high].map { isRatio ? exp($0) : $0 }.map { formatted("%.3g", $0) }
        html.add("span", ["class": "ends"]) { html in
            html.add("span", [:], ends[0])
            html.add("span", [:], ends[1])
        }
    }

    func write(_ contrast: Contrast, to html: inout HTML) {
        guard let estimate = contrast.estimate, let place = Self.place(estimate, isRatio) else { return }
        let isDifferent = contrast.verdict == .different
        let interval = contrast.interval
        let ends = interval.map { "95 % interval \(formatted("%.4g", $0.low)) to \(formatted("%.4g", $0.high))" }
        let label = "\(formatted("%.4g", estimate))" + (ends.map { ", " + $0 } ?? "")
        svg(&html, label) { html in
            html.add("path", ["class": "same", "d": "M\(text(x(0))) 0V18"])
            if let interval {
                let from = Self.place(interval.low, isRatio).map(x) ?? 0
                let to = Self.place(interval.high, isRatio).map(x) ?? Self.width
                html.add(
                    "path",
                    [
                        "class": isDifferent ? "span sure" : "span",
                        "d": "M\(text(from)) 9H\(text(to))M\(text(from)) 5V13M\(text(to)) 5V13",
                    ]
                )
            }
            html.add(
                "rect",
                [
                    "class": isDifferent ? "at sure" : "at", "x": text(x(place) - 2.5), "y": "5", "width": "5",
                    "height": "8",
                ]
            )
        }
    }
}
