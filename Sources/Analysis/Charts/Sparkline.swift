/// Values as one line of blocks, from the lowest of them to the highest: `▁▂▃▅▇`.
///
/// The scale is logarithmic where the positive values span more than a decade. What has no place on it shows as `?`
/// (NaN), `^` (infinite) or `v` (zero or less on a logarithmic scale, minus infinity).
///
/// - Parameters:
///   - values: the values in their order.
///   - width: the most characters to use; where there are more values, each character shows the mean of several.
///   - isASCII: whether to use `.:-=+*#@` instead of blocks.
/// - Returns: the line, one character for each value or stretch of values.
public func sparkline(_ values: [Double], width: Int = .max, isASCII: Bool = false) -> String {
    let levels = Array(isASCII ? ".:-=+*#@" : "▁▂▃▄▅▆▇█")
    let scale = Scale(Scale.Kind(suiting: values), over: values, padding: 0)
    let count = min(values.count, max(0, width))
    return String(
        (0..<count).map { index -> Character in
            let (start, end) = (index * values.count / count, (index + 1) * values.count / count)
            let stretch = values[start..<end]
            if let edge = stretch.lazy.compactMap({ Edge($0, on: scale.kind) }).first { return edge.character }
            let share = stretch.reduce(0) { $0 + (scale.fraction($1) ?? 0) } / Double(stretch.count)
            return levels[min(levels.count - 1, Int(share * Double(levels.count)))]
        }
    )
}
