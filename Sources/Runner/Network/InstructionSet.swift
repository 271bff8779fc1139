internal import CKernels

/// The processor instructions that the matrix products use; the results are the same bits on all of them.
public enum InstructionSet: String, CaseIterable, Sendable {
    /// What every processor of the architecture has; fast on arm64, slow on x86.
    case generic
    case avx2
    case avx512

    /// The widest that this machine has, unless the environment variable `VARVE_INSTRUCTION_SET` names a narrower one.
    public static let widest: InstructionSet =
        switch varve_widest_instruction_set() {
        case varve_avx512: .avx512
        case varve_avx2: .avx2
        default: .generic
        }

    /// All up to ``widest``.
    public static var available: [InstructionSet] { allCases.filter { $0.code.rawValue <= widest.code.rawValue } }

    var code: varve_instruction_set {
        switch self {
        case .generic: varve_generic
        case .avx2: varve_avx2
        case .avx512: varve_avx512
        }
    }
}
