import CBench

/// What was measured, in seconds.
struct Timing {
    let median: Double
    let best: Double

    /// Runs something many times and times each.
    init(repeating count: Int, _ body: () throws -> Void) rethrows {
        let times = try (0..<count).map { _ in
            let start = varve_bench_seconds()
            try body()
            return varve_bench_seconds() - start
        }
        self.init(times)
    }

    init(_ times: [Double]) {
        let sorted = times.sorted()
        median = sorted[sorted.count / 2]
        best = sorted[0]
    }
}

/// A number with a few digits, without Foundation.
func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }

/// Prints `{"bench": …, "name": …, "median_ms": …, "best_ms": …}`.
func report(_ bench: String, _ name: String, _ timing: Timing, extra: String = "") {
    let times = "\"median_ms\": \(rounded(timing.median * 1e3)), \"best_ms\": \(rounded(timing.best * 1e3))"
    print("{\"bench\": \"\(bench)\", \"name\": \"\(name)\", \(times)\(extra)}")
}
