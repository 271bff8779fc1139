extension StoreError: CustomStringConvertible {
    /// The fact in one line: what it is about, and what is wrong with it.
    public var description: String {
        switch self {
        case .emptyPath: "the path of the store is empty"
        case .noStore(let path): "there is no store at \(path)"
        case .isFolder(let path): "\(path) is a folder, not a store"
        case .notRegular(let path): "\(path) is not a regular file, so it cannot be a store"
        case .notSQLite(let path): "\(path) is not an SQLite file, so it is not a Varve store"
        case .foreign(let path, nil): "\(path) belongs to another program: it is an SQLite file but not a Varve store"
        case .foreign(let path, let application?):
            "\(path) belongs to another program (application_id \(application))"
        case .falseTable(let path, let name, let type):
            "\(path): \(name) is a \(type) where a store has a table, so the file is refused"
        case .alteredSchema(let path, let what):
            "\(path): \(what), so nothing is written to it"
        case .hasOtherNames(let path, let names):
            "\(path) has \(names) names (hard links), and each would get a log of its own: nothing is written to it"
        case .mountedAlone(let path, let folder):
            "\(path) is mounted without the folder around it, so its log would not be seen elsewhere: nothing is written "
                + "to it (\(folder) is another file system)"
        case .irregularLog(let path): "\(path) is not a regular file, and SQLite keeps its log there"
        case .emptyFile(let path): "\(path) is empty"
        case .olderSchema(let path): "\(path) has an older schema"
        case .newerSchema(let path, let schema?):
            "\(path) was written by a newer Varve (schema \(schema); this version knows \(Migration.all.count))"
        case .newerSchema(let path, nil): "\(path) was written by a newer Varve, and this version may only read it"
        case .alteredMigration(let path, let number, let name):
            "\(path): migration \(number) (\(name)) is not the one that this version of Varve knows"
        case .failedMigration(let path, let number, let name, let message):
            "\(path) cannot be migrated and stays as it was: migration \(number) (\(name)) failed: \(message)"
        case .damaged(let path, let message): "\(path) is damaged and cannot be opened: \(message)"
        case .missingFolder(let path, let folder): "cannot create \(path): the folder \(folder) does not exist"
        case .cannotCreate(let path, let reason): "cannot create \(path): \(reason)"
        case .readOnly(let path, let reason): "cannot write to \(path): \(reason)"
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .lost(let path):
            "\(path) was deleted or replaced while it was open: what was recorded since then is lost"
        case .changedWhileRead(let path):
            "\(path) was written to while it was read without permission to lock it, so the answer may be wrong"
        case .recording(let run, let path): "run \(run) is being recorded into \(path)"
        case .othersRead(let path): "other processes are reading from \(path)"
        case .noRoom(let path, let needed, let free, let folder):
            "\(path) cannot be compacted: that needs \(needed) bytes of space for a while, and \(folder) has \(free)"
        case .notAFileName(let name): "'\(name)' cannot be the name of a file"
        case .notAFolderName(let name): "'\(name)' cannot be the name of a folder"
        case .exists(let path): "\(path) already exists"
        case .existsIrregular(let path): "\(path) already exists and is not a regular file"
        case .folderInUse(let path): "\(path) already exists and is not an empty folder"
        case .leftoverLog(let path, let log):
            "\(log) exists: \(path) is open in another process or was not closed"
        case .namedLikeLog(let path): "\(path) is a name that SQLite gives to its logs"
        case .otherKind(let path, true, .store): "\(path) is a database of another program and is not replaced"
        case .otherKind(let path, true, let wanted):
            "\(path) is an SQLite database and is not replaced by \(wanted)"
        case .otherKind(let path, false, let wanted): "\(path) exists and is not \(wanted), so it is not replaced"
        case .inUse(let path): "\(path) is open in another process, so it is not replaced"
        case .isTheStore(let path): "\(path) is the store itself"
        case .noRun(let word, let path): "there is no run '\(word)' in \(path)"
        case .notARun(let word):
            "there is no run '\(word)': a run is named by its number, 4 or more characters of its uuid, or its exact name"
        case .ambiguousRun(let word, let runs):
            "'\(word)' fits \(runs.count) runs: \(listed(runs.map(\.description)))"
        case .runGone(let number, let path): "run \(number) is no longer in \(path)"
        case .runIsActive(let number): "run \(number) is not deleted, so it cannot be purged"
        case .runIsRunning(let number, nil): "run \(number) is running"
        case .runIsRunning(let number, let experiment?): "run \(number) of experiment '\(experiment)' is running"
        case .executedRunEdited(let number):
            "run \(number) was executed by Varve and can be proved, so only its name and its experiment can be edited"
        case .runIsRecorded(let number): "run \(number) is still being recorded"
        case .layersWouldBeOne(let run, let layer, let measure):
            "run \(run) has several measures at layer '\(layer)', so they cannot all be '\(measure)'"
        case .emptyExperimentName: "the name of the experiment is empty"
        case .noExperiment(let name, let path): "there is no experiment '\(name)' in \(path)"
        case .experimentExists(let name): "experiment '\(name)' already exists"
        case .experimentIsDeleted(let name): "experiment '\(name)' is deleted"
        case .experimentIsActive(let name): "experiment '\(name)' is not deleted"
        case .experimentStays(let name):
            "experiment '\(name)' cannot be changed: it holds the runs that name no experiment"
        case .runOfDeletedExperiment(let number, let experiment):
            "run \(number) belongs to experiment '\(experiment)', which is deleted"
        case .badKey(let key, let kind, let rule): "the key '\(key.prefix(40))' of a \(kind) \(rule.description)"
        case .noDataset(let name, let path): "there is no dataset '\(name)' in \(path)"
        case .emptyDatasetName: "the name of the dataset is empty"
        case .datasetNameTaken(let name, let digest):
            "dataset '\(name)' already exists with other content (digest \(digest.prefix(12)))"
        case .noWeights(let run, let stage): "run \(run) was recorded without its \(stage) weights"
        case .noArtifact(let run, let path): "run \(run) has no artifact '\(path)'"
        case .badArtifactPath(let path, let rule): "the artifact path '\(path.prefix(80))' \(rule.description)"
        case .artifactInTheWay(let path): "there is an artifact '\(path)', which cannot be a file and a folder"
        case .artifactTooLarge(let limit): "the artifact has more than \(limit) bytes"
        case .missingArtifact(let run, let path, let file):
            "the content of artifact '\(path)' of run \(run) is missing: there is no file \(file)"
        case .paramGiven(let key, let value): "param '\(key)' already has the value \(value)"
        case .wrongCount(let run, let step, let variances, let layers):
            "run \(run), step \(step): \(variances) variances were given for \(layers) layers"
        case .noLayer(let run, let index, let layers): "run \(run) has \(layers) layers: there is no layer \(index)"
        case .deletedWhileRecorded(let run):
            "run \(run) was deleted while it was being recorded, and what came since the last commit is lost"
        case .endedByOthers(let run):
            "run \(run) was ended or taken over by another process while it was being recorded, and what came since the last "
                + "commit is lost"
        case .mayBeRecorded(let run, let heard, let host):
            "run \(run) may still be recorded"
                + (host.map { ", by a process on \($0) that cannot be looked at from here" } ?? "")
                + (heard.map { "; the last sign of life came \(Moment.span(since: $0)) ago" } ?? "")
        case .runIsFinished(let number):
            "run \(number) is finished; only a run that was killed or failed can be resumed"
        case .notLogged(let run): "run \(run) was executed by Varve itself, so no other program can resume it"
        case .runIsDeleted(let number): "run \(number) is deleted"
        case .recordedElsewhere(let run): "run \(run) is being recorded by another process"
        case .stepOutOfRange(let step): "step \(step) is out of range: steps go from -2^62 to 2^62"
        case .momentOutOfRange(let what, let moment):
            "\(what) is \(moment), which lies outside the years 1 to 9999 in milliseconds since 1970"
        case .runEnded(let number): "run \(number) has ended, so nothing more can be recorded for it"
        case .notReadBack(let what, let path): "\(what) was stored but cannot be read back from \(path)"
        case .damagedDataset(let name, let path, let what):
            "dataset '\(name)' in \(path) \(what): the store is damaged"
        case .damagedTensor(let name, let path, let what): "tensor \(name) in \(path) \(what): the store is damaged"
        case .damagedArtifact(let path, let what): "artifact '\(path)' \(what): the store is damaged"
        case .notJSON(let path, let text):
            "\(path) holds text that is not JSON where JSON is expected: \(text.prefix(60))"
        case .indexesStayDamaged(let path, let message):
            "\(path): rebuilding the indexes did not help: \(message)"
        case .damagedSource(let name, let what): "\(name): \(what); nothing of it was merged"
        case .impossibleMoment(let name, let run, let what):
            "\(name): \(run.map { "run \($0): " } ?? "")\(what) lies outside the years 1 to 9999; nothing of it was merged"
        case .noNumberLeft(let path, .runs): "\(path) has given the greatest number that a run can have"
        case .noNumberLeft(let path, .experiments):
            "\(path) has given the greatest number that an experiment can have"
        case .mergesItself(let path): "\(path) is the store itself and cannot be merged into itself"
        case .noFile(let path): "there is no file \(path)"
        case .notMLflow(let path, let reason): "\(path) \(reason.description)"
        }
    }
}

extension StoreError.KeyRule: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "is empty"
        case .tooLong: "is longer than 250 characters"
        case .controlCharacter: "contains a control character"
        case .reserved: "begins with 'varve.', which is reserved for Varve's own tags"
        }
    }
}

extension StoreError.PathRule: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "is empty"
        case .absolute: "begins with a slash"
        case .goesUp: "contains '..'"
        case .backslash: "contains a backslash"
        case .controlCharacter: "contains a control character"
        case .tooLong: "is too long"
        }
    }
}

extension StoreError.MLflowRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .folder: "is a folder: MLflow's stores in folders (mlruns) cannot be imported, only its SQLite files"
        case .notAFile: "is not a file: only MLflow's SQLite stores can be imported (mlflow.db of sqlite:///mlflow.db)"
        case .notSQLite: "is not an SQLite file, so it is not an MLflow store"
        case .isVarve: "is a Varve store, not an MLflow store"
        case .falseTable(let name, let type): "has a \(type) \(name) where MLflow has a table, so it is refused"
        case .otherSchema(let message, isMLflow: true):
            "is an MLflow store of a schema that cannot be read (\(message))"
        case .otherSchema(let message, isMLflow: false): "is not an MLflow store (\(message))"
        }
    }
}

/// Names for people: at most ten, and how many more there are.
public func listed(_ names: [String]) -> String {
    let more = names.count - 10
    return names.prefix(10).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
}
