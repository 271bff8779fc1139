/// The memory of one worker: one slab for weights, gradients and activations, reused for all its runs.
///
/// Not Sendable: each worker makes its own.
public final class Workspace {
    /// The greatest slab, 16 GiB, in floats.
    static let limit = 1 << 32

    /// The instructions that the kernels use; the results do not depend on it.
    public let instructionSet: InstructionSet
    /// What other workers have drawn.
    let drawnWeights: DrawnWeights?
    private var slab: Slab?

    /// Makes a workspace without memory; the first run makes it.
    ///
    /// What is drawn may be shared with other workers, whose runs have the same seeds.
    public init(instructionSet: InstructionSet = .widest, sharing drawnWeights: DrawnWeights? = nil) {
        self.instructionSet = instructionSet
        self.drawnWeights = drawnWeights
    }

    /// Lends the slab; a second run beside the first gets one of its own.
    func takeSlab() -> Slab {
        defer { slab = nil }
        return slab ?? Slab()
    }

    func giveBack(_ slab: Slab) { self.slab = slab }
}
