import Questions
import Runner
import Server
import Storage

/// What to do about an error, in the words of the command line: the modules below say what is wrong, and no more.
enum Hints {
    /// What is wrong with a store that others are to take their content from: it is neither made nor named by --store.
    static func ofSource(_ error: any Error) -> any Error {
        let hint: String
        switch error {
        case StoreError.noStore, StoreError.notSQLite, StoreError.isFolder: hint = "name a store that is there"
        case StoreError.emptyFile: hint = "nothing is in it"
        case StoreError.olderSchema(let path):
            hint = "`varve --store \(shellQuoted(path)) migrate` brings it up to date"
        default: return error
        }
        return Varve.knownStatus(of: error).map { CommandError($0, "\(error): \(hint)") } ?? error
    }

    /// What is wrong with a store that is asked, maybe before anything was recorded.
    static func ofQuestion(_ error: any Error) -> any Error {
        guard case StoreError.noStore = error else { return error }
        return Varve.knownStatus(of: error).map {
            CommandError($0, "\(error): `varve run` makes one, --store names another")
        } ?? error
    }

    /// What keeps a server from writing to a store that it could show all the same.
    static func ofServer(_ error: any Error) -> any Error {
        switch error {
        case StoreError.readOnly, StoreError.hasOtherNames, StoreError.mountedAlone, StoreError.alteredSchema:
            Varve.knownStatus(of: error).map { CommandError($0, "\(error): --read-only shows it all the same") }
                ?? error
        default: error
        }
    }

    /// A finding in one line, and what to do about it where there is something to do.
    static func line(for finding: Finding) -> String {
        switch finding.remedy {
        case .verification: finding.line + ": only `varve verify` proves their variances and metrics"
        case .purge: finding.line + ": `varve purge` continues it"
        case nil: finding.line
        }
    }

    /// The error in one line, and what to do about it where there is something to do.
    static func line(for error: any Error) -> String {
        let hint: String? =
            switch error {
            case let error as StoreError: error.hint
            case let error as SQLiteError: error.hint
            case let error as QuestionError: error.hint
            case let error as PictureError: error.hint
            case let error as ServerError: error.hint
            case let error as NoDataset:
                StoreError.meant(error.name, in: error.path) { try $0.datasets().map(\.name) }
                    ?? "`varve dataset list` lists datasets"
            case let error as CollectorError: error.hint
            case SelectionError.mixed: "give runs by their numbers, or one filter in quotes"
            case SelectionError.nothing: "give a RUN, or --where FILTER"
            case SelectionError.both: "give RUNs or --where FILTER, not both"
            default: nil
            }
        return hint.map { "\(error): \($0)" } ?? "\(error)"
    }
}

extension StoreError {
    /// What to type, or what to look at.
    fileprivate var hint: String? {
        switch self {
        case .emptyPath: "name a file with --store"
        case .noStore: "name one that is there with --store"
        case .isFolder: "name a file in it"
        case .notSQLite: "name another file with --store"
        case .falseTable: "get the store from its source again, or use a backup"
        case .alteredSchema: "`varve check` says more; `varve merge` takes its runs into another store"
        case .hasOtherNames: "delete the other names, or use a copy that `varve backup` makes"
        case .mountedAlone: "mount the folder instead of the file"
        case .irregularLog: "delete it"
        case .emptyFile: "`varve run` makes a store of it"
        case .olderSchema: "`varve migrate` brings it up to date"
        case .newerSchema: "update Varve"
        case .alteredMigration: "open it with the version of Varve that wrote it"
        case .readOnly: "check the permissions of the file and its folder"
        case .changedWhileRead: "try again when nobody writes, or with permission to write"
        case .recording: "compact it when the run has ended"
        case .othersRead: "compact it when they are done"
        case .noRoom: "free some space and try again"
        case .cannotWrite: "free some space, or name another place"
        case .existsIrregular, .leftoverLog, .isTheStore, .namedLikeLog, .otherKind, .inUse: "name another file"
        case .exists: "name another file, or use --force"
        case .folderInUse: "name a folder that is new or empty"
        case .noRun, .runGone: "`varve runs` lists the runs"
        case .notARun: "`varve runs` lists the runs"
        case .ambiguousRun: "give its number, or more characters of its uuid"
        case .runIsDeleted: "`varve restore` brings it back"
        case .recordedElsewhere: "end that process first"
        case .mayBeRecorded: "--force takes it all the same, and ends it as killed"
        case .notLogged: "`varve run --resume` does"
        case .runIsActive: "`varve delete` deletes it first"
        case .runIsRunning: "delete it when it has ended"
        case .runIsRecorded: "edit it when it has ended"
        case .emptyExperimentName: "give the experiment a name"
        case .noExperiment(let name, let path):
            Self.meant(name, in: path) { try $0.experiments().map(\.name) } ?? "`varve experiment list` lists them"
        case .experimentExists: "choose another name"
        case .experimentIsDeleted: "`varve experiment restore` brings it back; or choose another name"
        case .experimentIsActive: "there is nothing to restore"
        case .runOfDeletedExperiment: "restore the experiment first, with `varve experiment restore`"
        case .badKey: "choose another key"
        case .noDataset(let name, let path):
            Self.meant(name, in: path) { try $0.datasets().map(\.name) } ?? "`varve dataset list` lists them"
        case .emptyDatasetName: "give it one with --name"
        case .datasetNameTaken: "choose another name with --name"
        case .noWeights(_, let stage): "`varve run --weights \(stage)` keeps them"
        case .noArtifact(let run, _): "`varve artifacts list \(run)` lists them"
        case .missingArtifact: "copy the folder of the store's artifacts too; `varve backup` does"
        case .paramGiven: "a param is given once"
        case .damagedSource: "`varve check` says more about it"
        case .notMLflow(let path, .folder):
            "`mlflow migrate-filestore --source \(shellQuoted(path)) --target sqlite:///mlflow.db` makes one"
        case .notMLflow(_, .isVarve): "`varve merge` adds its runs"
        case .notMLflow(_, .falseTable): "get the file from its source again"
        case .notMLflow(let path, .otherSchema(_, isMLflow: true)):
            "`mlflow db upgrade \(shellQuoted("sqlite:///" + path))` updates an older one"
        default: nil
        }
    }
}

extension Error {
    /// The name in a store that somebody probably meant, as a question; nil where there is none.
    fileprivate static func meant(_ word: String, in path: String, _ names: (Store) throws -> [String]) -> String? {
        let names = try? names(OpenStores.open(path, for: .reading))
        return meant(word, among: names ?? [])
    }

    fileprivate static func meant(_ unknown: UnknownName?, in path: String) -> String? {
        guard let unknown, let store = try? OpenStores.open(path, for: .reading) else { return nil }
        return (try? RunList.closest(to: unknown, in: store)).map { "did you mean \($0)?" }
    }

    fileprivate static func meant(_ word: String, among names: [String]) -> String? {
        Suggestion.closest(to: word, among: names).map { "did you mean \($0)?" }
    }
}

extension SQLiteError {
    fileprivate var hint: String? {
        switch kind {
        case .locked: "try again when it is done"
        case .full: "free some space and try again"
        case .readOnly: "check the permissions of the file and its folder"
        default: nil
        }
    }
}

extension QuestionError {
    fileprivate var hint: String? {
        switch self {
        case .emptyGroup(let word, let path, let unknown):
            return Self.meant(unknown, in: path) ?? Self.meant(word, in: path) { try $0.architectures() }
                ?? "`varve runs` lists the runs there are"
        case .noRunFits(let path, let unknown):
            return Self.meant(unknown, in: path) ?? "`varve runs` lists the runs there are"
        case .unknownName(_, let closest): return closest.map { "did you mean \($0)?" }
        case .noMetric(_, let name, let known), .unknownMetric(let name, _, let known),
            .runLacks(_, let name, let known),
            .unknownParam(let name, _, let known):
            return Self.meant(name, among: known)
        case .noQuantity(let word, _, let metrics, let layers): return Self.meant(word, among: metrics + layers)
        case .numberNamesRun(let word, _): return "write \"architecture = '\(word)'\""
        case .mixedGroup(let word, let mixture):
            let filter = mixture.filterForFirst(of: word)
            let typed = filter.contains { "\"`$\\!".contains($0) } ? shellQuoted(filter) : "\"\(filter)\""
            let own = IgnoredKeys(params: mixture.ownParams).words.joined(separator: ",")
            return (own.isEmpty ? "" : "--ignore \(shellQuoted(own)) leaves out what no two runs have in common; or ")
                + "choose one with a filter, such as \(typed)"
        case .nothingRecorded(_, _, let common?): return "--step \(common) compares it"
        case .layerIsMetric(let key): return "--metric \(shellQuoted(key)) asks for it"
        case .noLayer(_, _, let known) where known.isEmpty: return "`varve run` records some"
        case .noLayer(let word, _, let known): return Self.meant(word, among: known)
        case .noMeasure(_, let word, let known):
            return Self.meant(word, among: RunField.LayerMeasure.allCases.map(\.rawValue) + known)
        case .measuresDiffer: return "choose runs with a filter"
        case .severalMeasures(let measures): return "--measure \(shellQuoted(measures[0])) chooses one"
        case .tooManyValues: return "choose fewer with a filter"
        case .noCommonSeed: return "without --paired they are compared as independent runs"
        case .tooManyGroups(_, _, let own):
            let keys = IgnoredKeys(params: own).words.joined(separator: ",")
            return (own.isEmpty ? "" : "--ignore \(shellQuoted(keys)) leaves out what no two runs have in common; or ")
                + "name the groups, such as \"params.width = 100\""
        default: return nil
        }
    }
}

extension ServerError {
    fileprivate var hint: String? {
        switch self {
        case .portTaken: "`varve serve --port 0` takes a free one"
        case .needsToken: "`varve serve --new-token FILE` makes one, --token-file FILE asks for it"
        case .noToken: "`varve serve --new-token FILE` makes one"
        case .cannotListen, .cannotMakeToken: nil
        }
    }
}

extension CollectorError {
    fileprivate var hint: String? {
        switch self {
        case .noAnswer: "is `varve serve` there? What was sent stays; push again to continue"
        case .busy: "push again later; what was sent stays"
        case .refused(_, 401, _): "--token-file FILE says it"
        case .refused(_, 403, _): "ask the person who runs the server"
        case .refused(_, 413, _): "`varve serve --max-upload` allows more"
        case .refused: nil
        case .stranger: "give the address that `varve serve` prints, of a version that collects"
        case .noClient: "install curl, such as with `apt-get install curl`"
        case .badAddress: "it begins with http:// or https://"
        }
    }
}

extension PictureError {
    fileprivate var hint: String? {
        switch self {
        case .otherEnding: "end the name with .svg, .png or .pdf"
        case .notInstalled: "install it, such as with `apt-get install librsvg2-bin`, or write an .svg"
        case .failed: nil
        }
    }
}
