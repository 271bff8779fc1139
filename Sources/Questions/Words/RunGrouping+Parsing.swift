public import Storage

extension RunGrouping {
    /// Reads what people group by: `architecture`, `experiment`, `day`, `commit`, `params.KEY` or `tags.KEY`; nil for
    /// anything else.
    public init?(_ word: String) {
        switch word {
        case "architecture": self = .architecture
        case "experiment": self = .experiment
        case "day": self = .day
        case "commit": self = .commit
        default:
            let parts = word.split(separator: ".", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            switch parts[0] {
            case "param", "params": self = .param(parts[1])
            case "tag", "tags": self = .tag(parts[1])
            default: return nil
            }
        }
    }
}
