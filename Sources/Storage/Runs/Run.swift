/// How far a run has come; other programs may write words of their own.
public struct RunStatus: RawRepresentable, Hashable, Sendable, SQLConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let running = RunStatus(rawValue: "running")
    public static let finished = RunStatus(rawValue: "finished")
    /// Ended by an error.
    public static let failed = RunStatus(rawValue: "failed")
    /// Ended from outside.
    public static let killed = RunStatus(rawValue: "killed")
}

/// Whether runs and experiments are there or were put away; what is deleted can be restored until it is purged.
public enum Lifecycle: String, Sendable, SQLConvertible {
    case active, deleted
}

/// A recorded run: its row, with the names behind its keys.
public struct Run: Sendable, Equatable {
    /// The number a person types; given once and never again.
    public let number: Int64
    /// 32 hexadecimal digits, the same in every store the run is copied to.
    public let uuid: String
    public let experiment: String
    public let name: String?
    public let architecture: String?
    public let seed: Int64?
    /// A run whose process has died reads as killed, also before a writing command has put that into the table.
    public internal(set) var status: RunStatus
    /// Milliseconds since 1970.
    public let started: Int64
    /// Milliseconds since 1970; nil while it runs.
    public let ended: Int64?
    /// Updates done.
    public let steps: Int64
    /// The greatest recorded step.
    public let lastStep: Int64?
    public let datasetName: String?
    public let datasetDigest: String?
    public let configurationDigest: String?
    public let initialWeightsDigest: String?
    public let batchOrderDigest: String?
    public let finalWeightsDigest: String?
    public let numerics: Int64?
    /// JSON text; see ``NewRun/environment``.
    public let environment: String?
    /// The last sign of life of a run that is running, in milliseconds since 1970.
    public internal(set) var lastHeard: Int64?
    /// When anything of it was changed last but the rows that its own process records, in milliseconds since 1970.
    public let updated: Int64?

    /// What a reader says of it whose process has died.
    mutating func markKilled() {
        status = .killed
        lastHeard = nil
    }

    /// Milliseconds from start to end; nil of a run that has not ended, or where that is no number of 64 bits.
    public var duration: Int64? {
        guard let ended else { return nil }
        let (duration, isTooLarge) = ended.subtractingReportingOverflow(started)
        return isTooLarge ? nil : duration
    }
}

/// One variance with the place it was measured at.
public struct LayerVariance: Sendable, Equatable {
    /// The long name, as `After first residual connection`.
    public let layer: String
    /// The short name, as `residual1`.
    public let name: String
    public let position: Int64
    /// What the number is; see ``LayerPlace/measure``.
    public let measure: String
    public let afterNorm: Bool
    public let step: Int64
    /// The number that was measured.
    public let variance: Double

    init(
        layer: String,
        name: String,
        position: Int64,
        measure: String,
        afterNorm: Bool,
        step: Int64,
        variance: StoredReal
    ) {
        self.layer = layer
        self.name = name
        self.position = position
        self.measure = measure
        self.afterNorm = afterNorm
        self.step = step
        self.variance = variance.value
    }
}

/// The last value of a metric.
public struct Metric: Sendable, Equatable {
    public let key: String
    public let step: Int64
    public let value: Double

    init(key: String, step: Int64, value: StoredReal) {
        self.key = key
        self.step = step
        self.value = value.value
    }
}

/// The least and the greatest value of a metric over all steps; infinities count, NaN does not.
public struct MetricExtremes: Sendable, Equatable {
    public let key: String
    /// Nil where all values are NaN, as are the others then.
    public let least: Double?
    /// The first step that has it.
    public let leastStep: Int64?
    public let greatest: Double?
    /// The first step that has it.
    public let greatestStep: Int64?
}

/// A param or a tag.
public struct Entry: Sendable, Equatable {
    public let key: String
    public let value: SQLValue

    public init(key: String, value: SQLValue) {
        self.key = key
        self.value = value
    }
}
