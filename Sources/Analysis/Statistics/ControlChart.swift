import Glibc

/// What the runs so far let expect of the next one, and whether they have shifted for good.
///
/// *Band*: from 5 runs of other seeds on, median ± k σ, σ the median absolute deviation over 0.6745, both hardly moved by a
/// few wild runs (F. R. Hampel, "The influence curve and its role in robust estimation", Journal of the American
/// Statistical Association 69, 1974); 1 in 20 ordinary runs falls outside.
///
/// *Shift*: from 20 runs on, an exponentially weighted moving average of the runs' distances from the median, in σ
/// (S. W. Roberts, "Control chart tests based on geometric moving averages", Technometrics 1, 1959), with weight 0.2.
/// Distances count as 3 at most, so that no single run makes a shift (the winsorizing of D. M. Hawkins and D. H. Olwell,
/// "Cumulative Sum Charts", 1998, chapter 3). One ordinary run in 370 is taken for a shift.
///
/// Where a shift is found, it began at the run that makes the difference before and after greatest (J. J. Pignatiello and
/// T. R. Samuel, "Estimation of the change point of a normal process mean in SPC applications", Journal of Quality
/// Technology 33, 2001). From there on nothing is known: the runs after the one that showed it make a new baseline. That
/// one and those before it were chosen by their being extreme, and would make the new baseline wrong where the shift was
/// none; the runs after it are ordinary whatever showed before, so the factors hold for them as for the first ones.
///
/// Fed run by run, in logarithmic time for each.
public struct ControlChart: Sendable {
    /// What was expected of a run.
    public struct Reading: Sendable, Equatable {
        /// Where it was expected; nil for fewer than 5 earlier runs of other seeds.
        public let band: Interval?
        /// The run at which a lasting shift began, where this run shows it.
        public let shift: Int64?
    }

    private let scale: Contrast.Scale
    /// What logarithms are taken relative to, which keeps them small.
    private var reference: Double?
    private var baseline = SortedValues()
    private var seeds: [Int64: Double] = [:]
    private var average = 0.0
    private var distances: [(run: Int64, distance: Double)] = []

    /// A chart before the first run.
    public init(scale: Contrast.Scale) {
        self.scale = scale
    }

    /// Holds a run against those before it, and takes it in.
    ///
    /// A run of the same seed is no independent observation: it must be equal to the bit. It has no part in the band,
    /// its place is taken by the new one, and where both are equal up to rounding the new one says nothing of a shift.
    /// A value that has no place on the scale is passed over.
    ///
    /// - Parameters:
    ///   - value: the run's value.
    ///   - seed: nil where it is not known; such a run has no earlier one of its seed.
    ///   - run: the run's number.
    /// - Returns: what the runs before it let expect of it, and a shift that it shows.
    public mutating func add(_ value: Double, seed: Int64?, run: Int64) -> Reading {
        let reference = reference ?? (scale == .ratio ? value : 0)
        let twin = seed.flatMap { seeds[$0] }
        if let twin { baseline.remove(twin) }
        let center = baseline.median ?? 0
        let deviation = baseline.count >= 5 ? Self.deviation(of: baseline, from: center) : 0
        var band: Interval?
        if baseline.count >= 5 {
            let reach = Self.bandFactor(baseline.count) * deviation
            let interval = Interval(low: center - reach, high: center + reach)
            band = scale == .ratio ? interval.exponentiated(times: reference) : interval
        }
        guard let place = scale.difference(of: value, to: reference) else {
            if let twin { baseline.insert(twin) }
            return Reading(band: band, shift: nil)
        }
        self.reference = reference
        let isRepeated = twin.map { abs(place - $0) <= scale.rounding(of: [place, $0]) } ?? false
        if baseline.count >= 20, !isRepeated {
            chart(
                deviation > 0 ? (place - center) / deviation : place == center ? 0 : (place - center) * .infinity,
                run
            )
            if abs(average) > Self.chartLimit(baseline.count) {
                let shift = Reading(band: band, shift: beginning)
                self = ControlChart(scale: scale)
                return shift
            }
        }
        baseline.insert(place)
        if let seed { seeds[seed] = place }
        return Reading(band: band, shift: nil)
    }

    private mutating func chart(_ distance: Double, _ run: Int64) {
        let distance = max(-3, min(3, distance))
        average += 0.2 * (distance - average)
        distances.append((run, distance))
    }

    /// The run from which on the mean distance, times the root of the number of runs, is greatest.
    private var beginning: Int64? {
        var (sum, greatest) = (0.0, 0.0)
        var beginning = distances.last?.run
        for (index, entry) in distances.enumerated().reversed() {
            sum += entry.distance
            let evidence = (sum < 0) == (average < 0) ? sum * sum / Double(distances.count - index) : 0
            if evidence > greatest { (greatest, beginning) = (evidence, entry.run) }
        }
        return beginning
    }

    /// The standard deviation of a normal distribution with so great a median distance from its center.
    ///
    /// Where more than half of the values are equal, as shares of dead units are, that is 0 and no distribution is normal:
    /// then the band reaches as far as 95 of 100 earlier values (the distribution-free prediction interval; G. J. Hahn
    /// and W. Q. Meeker, "Statistical Intervals", 1991, chapter 5).
    private static func deviation(of values: SortedValues, from center: Double) -> Double {
        let median = values.medianDistance(from: center)
        if median > 0 { return median / 0.6744897501960817 }
        return values.distance(within: 0.95, from: center) / bandFactor(values.count)
    }
}
