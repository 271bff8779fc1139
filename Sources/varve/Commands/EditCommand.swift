import ArgumentParser
import Questions
import Storage

/// Corrects what runs were called.
struct EditCommand: ParsableCommand {
    static let configuration = CommandConfiguration("edit", PackageResources.edit_txt)

    @OptionGroup var runs: RunsArgument

    @Option(help: .value("text", "Another name; an empty one takes it away."))
    var name: String?

    @Option(
        help: .value("name", "Another experiment, which is made where there is none."),
        completion: .experiments(.active)
    )
    var experiment: String?

    @Option(help: .value("name", "Another architecture; an empty one takes it away."))
    var architecture: String?

    @Option(parsing: .unconditional, help: .value("n", "Another seed."))
    var seed: Int64?

    @Option(help: .value("word", "What the numbers of the layers are."))
    var measure: String?

    @Option(help: .value("status", "How the run ended: finished, failed or killed."))
    var status: EndStatus?

    @Option(name: .customLong("param"), help: .value("key=value", "A param to set; may be repeated."))
    var params: [String] = []

    @Option(help: .value("key", "A param to remove; may be repeated."))
    var removeParam: [String] = []

    @OptionGroup var common: CommonOptions

    func run() throws {
        let edit = try edit()
        let selection = try RunSelection(parsing: runs.words)
        let store = try common.openForChanging()
        let numbers = try selection.numbers(in: store)
        let edits = try store.edit(numbers, edit)
        try store.synchronize()
        if numbers.isEmpty { common.notice("no run matches: nothing is edited") }
        let unchanged = numbers.count - Set(edits.map(\.run)).count
        if unchanged > 0 { common.notice("\(counted(unchanged, "run")) had these values already") }
        try common.output().emit(edits, ["run", "field", "old", "new"])
    }

    private func edit() throws -> RunEdit {
        var edit = RunEdit()
        edit.name = name
        edit.experiment = experiment
        edit.architecture = architecture
        edit.seed = seed
        try refuseEmpty(measure, "--measure", "give a word, such as unknown")
        edit.measure = measure
        edit.status = status?.status
        edit.params = try keyed(params, "--param").map { ($0.key, SQLValue(reading: $0.value)) }
        edit.removedParams = removeParam
        if let both = edit.params.first(where: { removeParam.holds($0.key) })?.key {
            throw UsageError("--param \(both)=… sets what --remove-param \(both) removes: give one of them")
        }
        guard !edit.isEmpty else {
            throw UsageError("no change is given: `varve edit --help` lists what can be changed")
        }
        return edit
    }
}
