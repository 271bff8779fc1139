import ArgumentParser
import Storage

extension CommandConfiguration {
    /// A command with its text, a file of `Help`: the abstract, an empty line, and the rest.
    ///
    /// The lines of a paragraph are joined; those that begin with spaces stay as they are. `{filter}` and `{groups}`
    /// stand for the files of these names.
    init(
        _ name: String,
        _ text: [UInt8],
        version: String = "",
        subcommands: [any ParsableCommand.Type] = [],
        groupedSubcommands: [CommandGroup] = []
    ) {
        let lines = joined(helpLines(text))
        self.init(
            commandName: name,
            abstract: lines.first ?? "",
            discussion: lines.dropFirst(2).joined(separator: "\n"),
            version: version,
            subcommands: subcommands,
            groupedSubcommands: groupedSubcommands
        )
    }
}

/// Paragraphs in a line each, and the lines that begin with spaces.
private func joined(_ lines: [String]) -> [String] {
    var joined: [String] = []
    var isOpen = false
    for line in lines {
        let isProse = !line.isEmpty && line.first != " "
        if isProse && isOpen { joined[joined.count - 1] += " " + line } else { joined.append(line) }
        isOpen = isProse
    }
    return joined
}

private func helpLines(_ text: [UInt8]) -> [String] {
    text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().flatMap { line in
        switch String(decoding: line, as: UTF8.self) {
        case "{filter}": helpLines(PackageResources.filter_txt)
        case "{groups}": helpLines(PackageResources.groups_txt)
        case let line: [line]
        }
    }
}

extension ArgumentHelp {
    /// The help of an argument or an option that takes a value, with the value's name.
    static func value(_ name: String, _ text: String) -> ArgumentHelp { ArgumentHelp(text, valueName: name) }
}

extension CompletionKind {
    /// Fields of a filter that every store has.
    static let fields = list(
        RunField.Attribute.allCases.map(\.rawValue)
            + ["metrics.loss", "metrics.val_loss", "metrics.val_accuracy", "tags.note"]
            + ["input", "preactivation", "residual1", "residual2", "residual3", "residual4", "residual5"]
            .map { "variance." + $0 }
    )
}
