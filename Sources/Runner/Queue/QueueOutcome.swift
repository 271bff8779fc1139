/// How far a queue has come.
public struct QueueProgress<Point: Sendable>: Sendable {
    /// Points of the queue.
    public let total: Int
    /// Points that were executed to their end, whatever it was.
    public let done: Int
    /// Points passed over because their runs are there already.
    public let skipped: Int
    /// Points passed over because another process is executing them, or may be.
    public let elsewhere: Int
    /// The share of the work that is done, 0 to 1, without the points passed over.
    public let share: Double
    /// The oldest point at work.
    public let current: Point?
}

/// What became of a queue.
public struct QueueOutcome<Point: Sendable, Remark: Sendable>: Sendable {
    /// What is to be told of a run.
    public struct Note<Fact: Sendable>: Sendable {
        /// Its number in the store.
        public let run: Int64
        public let point: Point
        public let fact: Fact
    }

    /// The runs in the points' order, however they ended, also those that were there already.
    public internal(set) var runs = RunNumbers()
    /// How many of them were there already.
    public internal(set) var skipped = 0
    /// The runs of points that were passed over because another process is executing them.
    public internal(set) var elsewhere = FirstTen<Int64>()
    /// The runs of points that were passed over although nobody knows whether their process lives.
    public internal(set) var unknown = FirstTen<Int64>()
    /// The runs that did not come to their end, but for ``killed``, each with the reason in one line.
    public internal(set) var failures = FirstTen<Note<String>>()
    /// The runs that finished and of which there is something to say.
    public internal(set) var remarks = FirstTen<Note<Remark>>()
    /// The runs that an interruption ended.
    public internal(set) var killed: [Int64] = []
}

/// The first ten of any number of things, which are all counted.
public struct FirstTen<Element: Sendable>: Sendable {
    public private(set) var first: [Element] = []
    /// How many there were.
    public private(set) var count = 0

    mutating func append(_ element: Element) {
        count += 1
        if first.count < 10 { first.append(element) }
    }
}
