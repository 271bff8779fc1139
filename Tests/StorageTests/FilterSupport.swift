import Testing

@testable import Storage

/// A run as a test makes it, with everything a filter can ask of it.
struct SampleRun {
    var number: Int64 = 0
    var uuid = ""
    var experiment = "Default"
    var name: String?
    var architecture: String?
    var seed: Int64?
    /// As it reads; a killed run is running in the table, with a process that is gone.
    var status = RunStatus.finished
    var started: Int64 = 0
    var ended: Int64?
    var steps = 0
    var params: [String: SQLValue] = [:]
    var tags: [String: String] = [:]
    /// Step and value, in the order they are logged in.
    var metrics: [String: [(step: Int, value: Double)]] = [:]
    /// The variances of `twoLayers` by step.
    var variances: [[Float]] = []

    /// Records the run and notes the number and uuid that it was given.
    mutating func record(in store: Store) throws {
        var recorder = try Recorder(store)
        var new = NewRun()
        new.experiment = experiment
        new.name = name
        new.architecture = architecture
        new.seed = seed
        new.params = params.map { ($0.key, $0.value) }
        new.tags = tags.map { ($0.key, $0.value) }
        let open = try recorder.start(new, layers: twoLayers)
        for (step, variances) in variances.enumerated() { try recorder.log(open, step: step, variances: variances) }
        for (key, values) in metrics {
            for value in values { try recorder.log(open, step: value.step, metric: key, value.value) }
        }
        try recorder.finish(open, RunEnding(status, steps: steps))
        number = open.number
        uuid = open.uuid
        try store.connection.prepare(Array("UPDATE runs SET started = ?, ended = ? WHERE id = ?".utf8))
            .run(started, ended, number)
        if status == .killed {
            try store.connection.execute(
                "UPDATE runs SET status = 'running', process_started = process_started - 1 WHERE id = \(number)"
            )
        }
    }
}

extension Store {
    /// The numbers of the runs that a filter finds.
    func numbers(_ filter: String) throws -> [Int64] { try runNumbers(matching: Filter(parsing: filter)) }
}

/// A stream of random numbers that is the same in every run of the tests; Sebastiano Vigna's SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
