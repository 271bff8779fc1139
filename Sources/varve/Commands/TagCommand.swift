import ArgumentParser
import Storage

/// Sets and removes tags.
struct TagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag",
        abstract: "Set or remove tags of runs.",
        discussion: """
            The tags that the runs then have are shown. A key is 1 to 250 characters; those that begin with varve. are \
            Varve's own.

            Examples:
              varve tag 1 best=yes
              varve tag 1 2 3 author='A. Person' --remove draft
              varve tag --where "metrics.loss < 2" best=yes
              varve runs "tags.best = 'yes'"
            """
    )

    @Argument(help: ArgumentHelp("Runs by number, uuid or name, and tags to set.", valueName: "run|key=value"))
    var words: [String] = []

    @Option(name: .customLong("where"), help: ArgumentHelp("A filter in place of runs.", valueName: "filter"))
    var filter: String?

    @Option(help: ArgumentHelp("A tag to remove; may be repeated.", valueName: "key"))
    var remove: [String] = []

    @OptionGroup var common: CommonOptions

    func run() throws {
        let runs = words.filter { !$0.contains("=") }
        let tags = try words.filter { $0.contains("=") }.map { word in
            guard let tag = keyAndValue(word) else {
                throw UsageError("'\(word)' has no key: write a tag as key=value")
            }
            return tag
        }
        let selection = try RunSelection(runs: runs, where: filter)
        guard !tags.isEmpty || !remove.isEmpty else {
            throw UsageError("no tag is named: write it as key=value, or --remove key")
        }
        let store = try common.openForChanging()
        let numbers = try selection.numbers(in: store)
        try store.tag(numbers, with: tags, removing: remove)
        if numbers.isEmpty { common.notice("no run matches: nothing is changed") }
        try TagReport(numbers, in: store).write(to: common.output())
    }
}

/// The tags of some runs.
struct TagReport {
    private let runs: [Int64]
    private let store: Store

    init(_ runs: [Int64], in store: Store) {
        self.runs = runs
        self.store = store
    }

    func write(to output: Output) throws {
        guard output.format == .json else {
            var table = Table(["run", "tag", "value"])
            for number in runs {
                for tag in try store.tags(of: number) {
                    table.append(.integer(number), .text(tag.key), Cell(tag.value))
                }
            }
            try output.emit(table)
            return try output.finish()
        }
        try output.list([]) { rows in
            for number in runs {
                guard let run = try store.run(number: number) else { continue }
                let tags = try store.tags(of: number).map { JSON.Member($0.key, JSON($0.value)) }
                try rows.append(
                    ["run": .integer(number), "uuid": .string(run.uuid), "tags": .object(tags)] as JSON,
                    [] as [Cell]
                )
            }
        }
    }
}
