import ArgumentParser
import Questions
import Storage

/// Corrects what runs were called.
struct EditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Correct what runs were called: name, experiment, and more of runs that were logged or imported.",
        discussion: """
            \(FilterHelp.text)

            What Varve executed is proved and stays as it is, but for name and experiment. Either all runs are edited \
            or none. The old values are kept, and varve show shows them.

            Examples:
              varve edit 1 --name 'first try'
              varve edit 3 5 --experiment depth
              varve edit "architecture = 'resnt'" --architecture resnet --param lr=0.1
            """
    )

    @Argument(help: ArgumentHelp("Runs by number, uuid or name, or one filter.", valueName: "run|filter"))
    var words: [String]

    @Option(help: ArgumentHelp("Another name; an empty one takes it away.", valueName: "text"))
    var name: String?

    @Option(
        help: ArgumentHelp("Another experiment, which is made where there is none.", valueName: "name"),
        completion: .experiments(.active)
    )
    var experiment: String?

    @Option(help: ArgumentHelp("Another architecture; an empty one takes it away.", valueName: "name"))
    var architecture: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Another seed.", valueName: "n"))
    var seed: Int64?

    @Option(help: ArgumentHelp("What the numbers of the layers are.", valueName: "word"))
    var measure: String?

    @Option(help: ArgumentHelp("How the run ended: finished, failed or killed.", valueName: "status"))
    var status: EndStatus?

    @Option(name: .customLong("param"), help: ArgumentHelp("A param to set; may be repeated.", valueName: "key=value"))
    var params: [String] = []

    @Option(help: ArgumentHelp("A param to remove; may be repeated.", valueName: "key"))
    var removeParam: [String] = []

    @OptionGroup var common: CommonOptions

    func run() throws {
        let edit = try edit()
        let selection = try RunSelection(parsing: words)
        let store = try common.openForChanging()
        let numbers = try selection.numbers(in: store)
        let edits = try store.edit(numbers, edit)
        try store.synchronize()
        if numbers.isEmpty { common.notice("no run matches: nothing is edited") }
        let unchanged = numbers.count - Set(edits.map(\.run)).count
        if unchanged > 0 { common.notice("\(counted(unchanged, "run")) had these values already") }
        try common.output().emit(edits, ["run", "field", "old", "new"].map { Column($0) })
    }

    private func edit() throws -> RunEdit {
        var edit = RunEdit()
        edit.name = name
        edit.experiment = experiment
        edit.architecture = architecture
        edit.seed = seed
        if let measure {
            guard !measure.isEmpty else { throw UsageError("--measure is empty: give a word, as unknown") }
            edit.measure = measure
        }
        edit.status = status?.status
        edit.params = try keyed(params, "--param").map { ($0.key, SQLValue(reading: $0.value)) }
        edit.removedParams = removeParam
        guard !edit.isEmpty else { throw UsageError("nothing is to be edited: give --name, --experiment, --param …") }
        return edit
    }
}

/// How a run can have ended, as options take it.
enum EndStatus: String, ExpressibleByArgument, CaseIterable {
    case finished, failed, killed

    var status: RunStatus { RunStatus(rawValue: rawValue) }
}
