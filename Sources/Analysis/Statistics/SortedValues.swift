/// Finite values in order, with their median and how far they lie from it.
///
/// Kept in chunks, so that a history of 10^5 runs takes seconds: putting one in moves a chunk, not everything after it.
struct SortedValues {
    private var chunks: [[Double]] = [[]]
    /// The rank of each chunk's first value.
    private var starts = [0]
    private(set) var count = 0

    private static let capacity = 512

    mutating func insert(_ value: Double) {
        let chunk = chunk(of: value)
        chunks[chunk].insert(value, at: Self.place(of: value, in: chunks[chunk]))
        move(behind: chunk, by: 1)
        guard chunks[chunk].count > Self.capacity else { return }
        let half = Self.capacity / 2
        chunks.insert(Array(chunks[chunk][half...]), at: chunk + 1)
        chunks[chunk].removeSubrange(half...)
        starts.insert(starts[chunk] + half, at: chunk + 1)
    }

    /// Takes out one value that is there.
    mutating func remove(_ value: Double) {
        let chunk = chunk(of: value)
        let place = Self.place(of: value, in: chunks[chunk])
        guard place < chunks[chunk].count, chunks[chunk][place] == value else { return }
        chunks[chunk].remove(at: place)
        move(behind: chunk, by: -1)
        guard chunks[chunk].isEmpty, chunks.count > 1 else { return }
        chunks.remove(at: chunk)
        starts.remove(at: chunk)
    }

    /// The middle value, or the mean of the two in the middle; nil without a value.
    var median: Double? {
        count == 0 ? nil : self[(count - 1) / 2] / 2 + self[count / 2] / 2
    }

    /// The median of the distances from a center.
    func medianDistance(from center: Double) -> Double {
        let below = rank(of: center)
        return distance((count - 1) / 2, from: center, below) / 2 + distance(count / 2, from: center, below) / 2
    }

    /// The distance from a center that a share of the values is within.
    func distance(within share: Double, from center: Double) -> Double {
        distance(max(0, min(count, Int((share * Double(count + 1)).rounded(.up))) - 1), from: center, rank(of: center))
    }

    /// The distance from a center with a number of smaller ones.
    ///
    /// Below and above the center the distances are sorted already: the smallest of both together are found by bisection.
    private func distance(_ rank: Int, from center: Double, _ below: Int) -> Double {
        func lower(_ index: Int) -> Double { center - self[below - 1 - index] }
        func upper(_ index: Int) -> Double { self[below + index] - center }
        // How many of the first distances come from below.
        var (low, high) = (max(0, rank - (count - below)), min(rank, below))
        while low < high {
            let middle = (low + high) / 2
            if lower(middle) < upper(rank - 1 - middle) { low = middle + 1 } else { high = middle }
        }
        return min(
            low < below ? lower(low) : .infinity,
            rank - low < count - below ? upper(rank - low) : .infinity
        )
    }

    private subscript(rank: Int) -> Double {
        let chunk = Self.last(in: starts) { $0 <= rank }
        return chunks[chunk][rank - starts[chunk]]
    }

    /// The number of values below one.
    private func rank(of value: Double) -> Int {
        let chunk = chunk(of: value)
        return starts[chunk] + Self.place(of: value, in: chunks[chunk])
    }

    /// The last chunk that begins below a value, or the first: equal values may go on into the next one.
    private func chunk(of value: Double) -> Int {
        let chunk = Self.last(in: chunks) { $0.first.map { $0 < value } ?? false }
        let isBehind = chunks[chunk].last.map { $0 < value } ?? false
        return isBehind && chunk + 1 < chunks.count && chunks[chunk + 1].first == value ? chunk + 1 : chunk
    }

    private mutating func move(behind chunk: Int, by step: Int) {
        count += step
        for later in chunk + 1..<max(chunk + 1, starts.count) { starts[later] += step }
    }

    /// The first index whose value is not below one.
    private static func place(of value: Double, in values: [Double]) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The last index of which something holds that holds of those before it; 0 where there is none.
    private static func last<Element>(in elements: [Element], where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, elements.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(elements[middle]) { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }
}
