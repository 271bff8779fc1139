public import Storage

extension Tensor {
    /// The tensors kept with a run, in the order of the state_dict.
    ///
    /// - Returns: nothing where none were kept.
    /// - Throws: ``StoreError`` when they are not what was stored.
    public static func stored(with run: Int64, stage: String, in store: Store) throws -> [Tensor] {
        try store.tensors(of: run).filter { $0.stage == stage }.map { try Tensor(stored: $0, in: store) }
    }

    private init(stored summary: TensorSummary, in store: Store) throws {
        guard let dtype = DType(rawValue: summary.dtype) else {
            throw StoreError.damagedTensor(
                name: summary.name,
                path: store.path,
                what: "has the unknown type \(summary.dtype)"
            )
        }
        guard case .array(let dimensions)? = try? JSON(parsing: summary.shape) else {
            throw StoreError.damagedTensor(
                name: summary.name,
                path: store.path,
                what: "has an invalid shape \(summary.shape)"
            )
        }
        let shape = dimensions.compactMap { if case .integer(let count) = $0 { Int(exactly: count) } else { nil } }
        guard shape.count == dimensions.count, Tensor.size(shape, dtype) == Int(summary.size) else {
            throw StoreError.damagedTensor(
                name: summary.name,
                path: store.path,
                what: "has the shape \(summary.shape) but \(summary.size) bytes"
            )
        }
        self.init(name: summary.name, shape: shape, dtype: dtype, bytes: try store.bytes(of: summary))
    }
}

/// Weights that runs start from instead of drawing their own.
public struct StartingWeights: Sendable {
    public let tensors: [Tensor]
    /// Where they came from, for messages: a run or a file.
    public let source: String

    /// Takes the final weights of a recorded run.
    ///
    /// - Throws: ``StoreError`` when the run was recorded without them.
    public init(of run: Run, in store: Store) throws {
        tensors = try Tensor.stored(with: run.number, stage: "final", in: store)
        source = "run \(run.number)"
        guard !tensors.isEmpty else {
            throw StoreError.noWeights(run: run.number, stage: "final")
        }
    }

    /// Reads a safetensors file.
    public init(file path: String) throws(FileError) {
        tensors = try WeightsFile.read(path: path)
        source = path
    }
}

/// Weights read from a file, to be recorded as a run of their own that others start from.
public struct ImportedWeights: Sendable {
    /// The file's name.
    public let name: String
    private let tensors: [Tensor]

    /// Reads a safetensors file.
    public init(file path: String) throws(FileError) {
        tensors = try WeightsFile.read(path: path)
        guard !tensors.isEmpty else { throw FileError(.malformed, path: path, message: "the file holds no tensors") }
        name = path.split(separator: "/").last.map { String($0) } ?? path
    }

    /// Records a run that holds the tensors as its final weights, and nothing else.
    ///
    /// - Parameters:
    ///   - experiment: the name of the experiment to group it under.
    ///   - store: a store opened for writing, given up to the recorder.
    /// - Returns: the run's number.
    /// - Throws: what the recorder throws.
    public func add(experiment: String, to store: sending Store) throws -> Int64 {
        var run = NewRun()
        run.experiment = experiment
        run.name = name
        var recorder = try Recorder(store)
        let open = try recorder.start(run, layers: [])
        var ending = RunEnding(.finished)
        ending.finalTensors = tensors.map(TensorRecord.init)
        try recorder.finish(open, ending)
        try store.synchronize()
        return open.number
    }
}
