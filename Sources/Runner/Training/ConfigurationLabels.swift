/// Short names that tell the configurations of a sweep apart: the architecture, and the settings that vary.
public struct ConfigurationLabels: Sendable {
    /// In the order of the configurations.
    public let all: [String]
    /// Whether all other settings are the same.
    let differOnlyInArchitecture: Bool

    /// Names configurations.
    public init(_ configurations: [Configuration]) {
        let parameters = configurations.map(\.parameters)
        let varying = (parameters.first ?? []).indices.dropFirst().filter { index in
            parameters.contains {
                $0[index].key != parameters[0][index].key || $0[index].value != parameters[0][index].value
            }
        }
        differOnlyInArchitecture = varying.isEmpty
        all = zip(configurations, parameters).map { configuration, parameters in
            let settings = varying.map { "\(parameters[$0].key)=\(parameters[$0].value)" }
            return ([configuration.architecture.rawValue] + settings).joined(separator: " ")
        }
    }
}

extension Grid {
    /// Whether the runs are as the notebook's: one seed and one step, and the architectures alone differ.
    public var isLikeNotebook: Bool {
        count == configurations.count && ConfigurationLabels(configurations).differOnlyInArchitecture
            && configurations.allSatisfy { $0.duration == .steps(1) }
    }
}
