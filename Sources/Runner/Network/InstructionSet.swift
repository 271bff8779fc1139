internal import CKernels
import Glibc

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

    /// Looks at what `VARVE_INSTRUCTION_SET` names; unset and empty, nothing.
    ///
    /// - Throws: ``ConfigurationError`` for what is none of the names.
    public static func checkEnvironment() throws(ConfigurationError) {
        guard let name = getenv("VARVE_INSTRUCTION_SET").map({ String(cString: $0) }), !name.isEmpty,
            InstructionSet(rawValue: name) == nil
        else { return }
        let names = allCases.map(\.rawValue).joined(separator: ", ")
        throw ConfigurationError("VARVE_INSTRUCTION_SET", "must be one of \(names), not '\(name.prefix(40))'")
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
