/// Run numbers in the order they were added, neighbours kept as ranges: a sweep of millions takes no memory.
public struct RunNumbers: Sendable, Sequence {
    private var ranges: [ClosedRange<Int64>] = []
    public private(set) var count = 0

    public init() {}

    public mutating func append(_ number: Int64) {
        count += 1
        if let last = ranges.last, last.upperBound < number, last.upperBound + 1 == number {
            ranges[ranges.count - 1] = last.lowerBound...number
        } else {
            ranges.append(number...number)
        }
    }

    public struct Iterator: IteratorProtocol, Sendable {
        private let ranges: [ClosedRange<Int64>]
        private var range = 0
        private var offset: Int64 = 0

        fileprivate init(_ ranges: [ClosedRange<Int64>]) { self.ranges = ranges }

        public mutating func next() -> Int64? {
            guard range < ranges.count else { return nil }
            let number = ranges[range].lowerBound + offset
            offset += 1
            if number == ranges[range].upperBound { (range, offset) = (range + 1, 0) }
            return number
        }
    }

    public func makeIterator() -> Iterator { Iterator(ranges) }
}
