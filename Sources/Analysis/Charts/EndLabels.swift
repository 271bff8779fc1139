/// Names beside the right ends of lines, moved apart where they would touch.
struct EndLabels {
    /// The height of each name's middle line.
    let places: [Double]

    private static let height = 15.0
    /// How far from the end of its line a name is still seen to belong to it.
    private static let farthest = 26.0

    /// Places names; nil where one would be too far from its line.
    ///
    /// - Parameters:
    ///   - ends: the height of each line's end.
    ///   - range: from where to where there is room.
    init?(at ends: [Double], within range: ClosedRange<Double>) {
        let order = ends.indices.sorted { ends[$0] < ends[$1] }
        // The least squares of what they move: without their heights they may only rise, and neighbours that do not
        // are put together at their mean.
        var blocks: [(sum: Double, count: Int)] = []
        for (rank, index) in order.enumerated() {
            var block = (sum: ends[index] - Self.height * Double(rank), count: 1)
            while let last = blocks.last, last.sum / Double(last.count) >= block.sum / Double(block.count) {
                block = (block.sum + last.sum, block.count + last.count)
                blocks.removeLast()
            }
            blocks.append(block)
        }
        let heights = blocks.flatMap { Array(repeating: $0.sum / Double($0.count), count: $0.count) }
        let highest = range.lowerBound + Self.height / 2
        let lowest = range.upperBound - Self.height * (Double(ends.count) - 0.5)
        guard highest <= lowest else { return nil }
        var places = ends
        for (rank, index) in order.enumerated() {
            places[index] = min(lowest, max(highest, heights[rank])) + Self.height * Double(rank)
            guard abs(places[index] - ends[index]) <= Self.farthest else { return nil }
        }
        self.places = places
    }
}
