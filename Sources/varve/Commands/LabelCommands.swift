import ArgumentParser
import Questions
import Storage

/// Sets and removes tags.
struct TagCommand: ParsableCommand {
    static let configuration = CommandConfiguration("tag", PackageResources.tag_txt)

    @Argument(help: .value("run|key=value", "Runs by number, uuid or name, and tags to set."))
    var words: [String] = []

    @Option(name: .customLong("where"), help: .value("filter", "A filter in place of runs."))
    var filter: String?

    @Option(help: .value("key", "A tag to remove; may be repeated."))
    var remove: [String] = []

    @OptionGroup var common: CommonOptions

    func run() throws {
        let tags = try words.filter { $0.utf8.contains(UInt8(ascii: "=")) }.map { word in
            guard let tag = keyAndValue(word) else {
                throw UsageError("'\(word)' has no key: write a tag as key=value")
            }
            return tag
        }
        let selection = try RunSelection(runs: words.filter { !$0.utf8.contains(UInt8(ascii: "=")) }, where: filter)
        guard !tags.isEmpty || !remove.isEmpty else {
            throw UsageError("no tag is named: write it as key=value, or --remove key")
        }
        try common.tag(selection, with: tags, removing: remove)
    }
}

/// Writes a note to runs.
struct NoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration("note", PackageResources.note_txt)

    @Argument(help: .value("run|text", "Runs by number, uuid or name, and after them the note."))
    var words: [String]

    @Option(name: .customLong("where"), help: .value("filter", "A filter in place of runs."))
    var filter: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        guard words.count > 1 || filter != nil else {
            throw UsageError("no run or no text is given: write varve note RUN TEXT, or varve note --where FILTER TEXT")
        }
        let selection = try RunSelection(runs: words.dropLast(), where: filter)
        try common.tag(selection, with: words.suffix(1).map { ("note", $0) }, removing: [])
    }
}

extension CommonOptions {
    /// Changes the tags of some runs, and shows those that they then have.
    fileprivate func tag(
        _ selection: RunSelection,
        with tags: [(key: String, value: String)],
        removing keys: [String]
    ) throws {
        let store = try openForChanging()
        let numbers = try selection.numbers(in: store)
        try store.tag(numbers, with: tags, removing: keys)
        if numbers.isEmpty { notice("no run matches: nothing is changed") }
        let output = output()
        if output.format == .json {
            return try output.emit(numbers.compactMap { try store.run(number: $0) }.map { try RunTags($0, store) }, [])
        }
        var table = Table(["run", "tag", "value"])
        for number in numbers {
            for tag in try store.tags(of: number) { table.append(.integer(number), .text(tag.key), Cell(tag.value)) }
        }
        try output.emit(table)
        try output.finish()
    }
}
