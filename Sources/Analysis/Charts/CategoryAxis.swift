import Glibc

/// A horizontal axis of names, each whole: in lines under its place, or slanted where there are too many for that.
struct CategoryAxis {
    let left: Double
    let right: Double
    /// The room it takes under the panel.
    let height: Double
    private let names: [String]
    /// The names as they are written.
    private let texts: [String]
    /// The lines under each place; nil where the names are slanted.
    private let lines: [[String]]?

    private static let angle = 40.0
    private static let sine = sin(angle * .pi / 180)
    private static let cosine = cos(angle * .pi / 180)

    /// Makes an axis.
    ///
    /// - Parameters:
    ///   - names: the names in their order.
    ///   - edge: the left end of the room it has, of labels as well.
    ///   - left: where it may begin; slanted names may push that to the right, up to a quarter of the room.
    ///   - right: where it ends.
    init(_ names: [String], after edge: Double, left: Double, right: Double) {
        self.names = names
        self.right = right
        let room = (right - left) / Double(max(1, names.count)) - 8
        let lines = names.map { wrapped($0, to: room, size: Theme.font) }
        let fits = lines.allSatisfy { $0.count <= 4 && $0.allSatisfy { textWidth($0, size: Theme.font) <= room } }
        guard !fits else {
            texts = names
            self.lines = lines
            self.left = left
            height = 14 + 15 * Double(lines.map(\.count).max() ?? 0)
            return
        }
        self.lines = nil
        // The first names reach farthest to the left: the axis begins where all of them fit, if it can.
        let longest = min(270, max(120, 0.55 * (right - edge)))
        let count = Double(names.count)
        var begin = left
        for (index, name) in names.enumerated() {
            let share = (Double(index) + 0.5) / count
            let reach = min(longest, textWidth(name, size: Theme.font)) * Self.cosine + 6
            begin = max(begin, min(edge + (right - edge) / 4, (edge + reach - share * right) / (1 - share)))
        }
        self.left = begin
        texts = names.enumerated().map { index, name in
            let place = begin + (Double(index) + 0.5) * (right - begin) / count
            return shortened(name, to: min(longest, (place - edge - 6) / Self.cosine), size: Theme.font)
        }
        height = 18 + Self.sine * (texts.map { textWidth($0, size: Theme.font) }.max() ?? 0)
    }

    func x(_ index: Int) -> Double {
        left + (Double(index) + 0.5) * (right - left) / Double(max(1, texts.count))
    }

    func draw(under bottom: Double, in markup: inout Markup) {
        let ticks = texts.indices.map { "M\(x($0).pixels) \(bottom.pixels)v5" }
        markup.element("path", ["class": "axis", "d": ticks.joined()])
        if let lines {
            for (index, lines) in lines.enumerated() {
                for (row, line) in lines.enumerated() {
                    markup.line(line, x: x(index), y: bottom + 18 + 15 * Double(row), anchor: "middle")
                }
            }
            return
        }
        // Where slanted names would still touch, every second or third is written.
        let distance = (right - left) / Double(texts.count) * Self.sine
        for index in stride(from: 0, to: texts.count, by: max(1, Int((15 / distance).rounded(.up)))) {
            let place = "translate(\((x(index) + 4).pixels) \((bottom + 15).pixels)) rotate(-\(Self.angle.pixels))"
            markup.element(
                "text",
                ["text-anchor": "end", "transform": place],
                text: texts[index],
                title: texts[index] == names[index] ? nil : names[index]
            )
        }
    }
}
