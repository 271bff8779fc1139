/// What a run is begun with; everything a foreign or logged run does not know is nil.
public struct NewRun: Sendable {
    public var experiment = Store.defaultExperiment
    /// The key of a stored dataset, see ``Store/dataset(named:)``.
    public var dataset: Int64?
    public var name: String?
    public var architecture: String?
    public var seed: Int64?
    /// When it began, in milliseconds since 1970; now unless given.
    public var started: Int64?
    /// Key and value of each param, in the order given.
    public var params: [(key: String, value: SQLValue)] = []
    public var tags: [(key: String, value: String)] = []
    /// The keys of params that comparisons leave out, kept as the tag `varve.ignore`, a JSON list.
    public var ignoredParams: [String] = []
    /// What else is known of its beginning, kept as tags `varve.KEY`.
    public var facts: [(key: String, value: String)] = []
    /// What decides the run's course besides seed and dataset; written canonically, its SHA-256 is the digest.
    public var configuration: JSON? { didSet { canonicalConfiguration = configuration.map(CanonicalText.init) } }
    /// The version of the order of floating-point operations.
    public var numerics: Int64?
    /// What the run was executed with: versions, machine, git commit.
    public var environment: JSON? { didSet { canonicalEnvironment = environment.map(CanonicalText.init) } }

    /// What is stored of them, made when they are set and not while the store is locked.
    private(set) var canonicalConfiguration: CanonicalText?
    private(set) var canonicalEnvironment: CanonicalText?

    public init() {}

    /// What tells a run of a program of one's own from others, where there is no ``configuration``: a digest of the
    /// command, the params and the code.
    public var programDigest: String?

    /// SHA-256 of the canonical configuration, else ``programDigest``; as ``Run/configurationDigest``.
    public var configurationDigest: String? { canonicalConfiguration?.digest ?? programDigest }
}

/// A JSON value as it is stored: equal values give equal text.
struct CanonicalText: Sendable {
    let text: String
    let digest: String

    init(_ json: JSON) {
        text = json.canonical.text
        digest = Digest.sha256(text.utf8)
    }
}

/// A place at which variances are measured, as a run declares it.
public struct LayerPlace: Sendable, Equatable {
    /// The long name, as `After first residual connection`.
    public let name: String
    /// The short name for commands and JSON, as `residual1`.
    public let shortName: String
    /// The place's order in the network, from 0.
    public let position: Int
    /// What the number is; numbers of different measures are never compared.
    public let measure: String
    /// Whether the place lies after a norm.
    public let afterNorm: Bool

    /// The population variance (divisor N) of a unit over the batch, averaged over the layer's units, in training mode,
    /// before the step's update.
    public static let populationMean = "population_mean"
    /// That of a logged run which does not say what its numbers are.
    public static let unknownMeasure = "unknown"

    /// Whether numbers of a measure cannot be negative: those of Varve's own, and what nobody has declared as something else.
    static func isNeverNegative(_ measure: String) -> Bool {
        ([populationMean, unknownMeasure] + RunField.LayerMeasure.allCases.compactMap(\.stored)).holds(measure)
    }

    /// Makes a place.
    ///
    /// - Parameters:
    ///   - name: the long name.
    ///   - shortName: the short one; the long name unless given.
    ///   - position: the place's order, from 0.
    ///   - measure: what the number is; ``populationMean`` for that, else your own word.
    ///   - afterNorm: whether the place lies after a norm.
    public init(name: String, shortName: String? = nil, position: Int, measure: String, afterNorm: Bool = false) {
        self.name = name
        self.shortName = shortName ?? name
        self.position = position
        self.measure = measure
        self.afterNorm = afterNorm
    }
}

/// A run that is being recorded; handed back to the recorder with everything that belongs to it.
public struct OpenRun: Sendable {
    /// The number a person types.
    public let number: Int64
    /// 32 hexadecimal digits.
    public let uuid: String
    private(set) var layers: [RecordedLayer] = []
    /// Where each layer is among them, by its key.
    private var indices: [Int64: Int] = [:]

    init(number: Int64, uuid: String, layers: [RecordedLayer]) {
        self.number = number
        self.uuid = uuid
        for layer in layers { append(layer) }
    }

    /// The index of a layer that the run has; nil for another one.
    func index(of layer: RecordedLayer) -> Int? { indices[layer.id] }

    mutating func append(_ layer: RecordedLayer) {
        indices[layer.id] = layers.count
        layers.append(layer)
    }
}

/// A layer of a run by its key, with the checksum that those of its variances begin with.
struct RecordedLayer: Sendable {
    let id: Int64
    let checksum: Checksum
}

/// How a run ended and what is known then.
public struct RunEnding: Sendable {
    public var status: RunStatus
    /// Updates done; nil for those that the recorded steps show.
    public var steps: Int?
    /// When it ended, in milliseconds since 1970; now unless given.
    public var ended: Int64?
    /// Why it ended so, kept as the tag `varve.reason`.
    public var reason: String?
    /// What else is known of its end, kept as tags `varve.KEY`.
    public var facts: [(key: String, value: String)] = []
    public var initialWeightsDigest: String?
    public var batchOrderDigest: String?
    public var finalWeightsDigest: String?
    public var initialTensors: [TensorRecord] = []
    public var finalTensors: [TensorRecord] = []

    public init(_ status: RunStatus, steps: Int? = nil) {
        self.status = status
        self.steps = steps
    }
}
