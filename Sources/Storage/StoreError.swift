/// What kept a store from being opened, asked or changed: a fact with its values.
///
/// Failures inside SQLite arrive as ``SQLiteError``; this type is for what only a store knows. ``description`` says the
/// fact in one line. What to do about it depends on who asks: the command line names commands, a server a status.
public enum StoreError: Error, Equatable, Sendable {
    // MARK: The file

    case emptyPath
    case noStore(path: String)
    case isFolder(path: String)
    case notRegular(path: String)
    case notSQLite(path: String)
    /// An SQLite file of another program; its application id, unless it has none.
    case foreign(path: String, application: Int64?)
    /// Something of one of our names that is no table of ours.
    case falseTable(path: String, name: String, type: String)
    /// A schema that others have changed, so that nothing may be written; what is wrong with it.
    case alteredSchema(path: String, what: String)
    /// A file with hard links, whose log each name would look for elsewhere; how many names there are.
    case hasOtherNames(path: String, names: Int)
    /// A file that is mounted without the folder around it.
    case mountedAlone(path: String, folder: String)
    /// A pipe, device, folder or link where SQLite keeps its log.
    case irregularLog(path: String)
    case emptyFile(path: String)
    case olderSchema(path: String)
    /// Written by a newer Varve; the schema is nil where this version may read the store.
    case newerSchema(path: String, schema: Int?)
    case alteredMigration(path: String, number: Int, name: String)
    case failedMigration(path: String, number: Int, name: String, message: String)
    /// So damaged that it cannot be opened.
    case damaged(path: String, message: String)
    case missingFolder(path: String, folder: String)
    case cannotCreate(path: String, reason: String)
    case readOnly(path: String, reason: String)
    case cannotRead(path: String, reason: String)
    /// The disk is full or broken.
    case cannotWrite(path: String, reason: String)
    /// Deleted or replaced while it was open.
    case lost(path: String)
    /// Written to by others while it was read without permission to lock it.
    case changedWhileRead(path: String)
    case recording(run: Int64, path: String)
    case othersRead(path: String)
    case noRoom(path: String, needed: Int64, free: Int64, folder: String)

    // MARK: Files that are written

    case notAFileName(String)
    case notAFolderName(String)
    case exists(path: String)
    case existsIrregular(path: String)
    case folderInUse(path: String)
    /// A log or journal of another database lies beside the place.
    case leftoverLog(path: String, log: String)
    case isTheStore(path: String)
    /// A name that SQLite gives to its logs.
    case namedLikeLog(path: String)
    /// The file that is there is not of the kind that is written, and may be a database of another program.
    case otherKind(path: String, isDatabase: Bool, wanted: FileKind)
    /// A store that is to be replaced is open.
    case inUse(path: String)

    // MARK: Names

    case noRun(word: String, path: String)
    /// A word that is neither a run's number nor the beginning of a uuid.
    case notARun(word: String)
    case ambiguousRun(word: String, runs: [Int64])
    case runGone(number: Int64, path: String)
    /// Only what is deleted can be purged.
    case runIsActive(number: Int64)
    case runIsRunning(number: Int64, experiment: String?)
    /// More than the name and the experiment of a run that Varve executed was to be edited.
    case executedRunEdited(number: Int64)
    /// What a process still records was to be edited.
    case runIsRecorded(number: Int64)
    /// Two layers of a run would differ in nothing any more.
    case layersWouldBeOne(run: Int64, layer: String, measure: String)
    case emptyExperimentName
    case noExperiment(name: String, path: String)
    case experimentExists(name: String)
    case experimentIsDeleted(name: String)
    case experimentIsActive(name: String)
    case experimentStays(name: String)
    case runOfDeletedExperiment(number: Int64, experiment: String)
    case badKey(String, of: String, rule: KeyRule)
    case noDataset(name: String, path: String)
    case emptyDatasetName
    case datasetNameTaken(name: String, digest: String)
    case noWeights(run: Int64, stage: String)
    case noArtifact(run: Int64, path: String)
    /// A path that leads out of its run, or that some system could not keep.
    case badArtifactPath(String, rule: PathRule)
    /// A file where a folder would have to be, or the other way round.
    case artifactInTheWay(String)
    case artifactTooLarge(limit: Int64)
    /// The store came without the folder of its large artifacts, or lost a file of it.
    case missingArtifact(run: Int64, path: String, file: String)

    // MARK: Recording

    case paramGiven(key: String, value: String)
    case wrongCount(run: Int64, step: Int, variances: Int, layers: Int)
    case noLayer(run: Int64, index: Int, layers: Int)
    case runEnded(number: Int64)
    /// Deleted or purged while it was open, and what came since the last commit is lost.
    case deletedWhileRecorded(run: Int64)
    case runIsDeleted(number: Int64)
    /// Ended or taken over by another process while it was open, and what came since the last commit is lost.
    case endedByOthers(run: Int64)
    case recordedElsewhere(run: Int64)
    /// Of its process nobody knows whether it lives; `heard` is the last sign of life, in milliseconds since 1970.
    case mayBeRecorded(run: Int64, heard: Int64?, host: String?)
    case runIsFinished(number: Int64)
    /// Executed by Varve itself, so that nothing else may be recorded of it.
    case notLogged(run: Int64)
    case stepOutOfRange(step: Int)
    /// Outside of ``Moment/range``.
    case momentOutOfRange(what: String, moment: Int64)
    case notReadBack(what: String, path: String)

    // MARK: Content

    case damagedDataset(name: String, path: String, what: String)
    case damagedTensor(name: String, path: String, what: String)
    case damagedArtifact(path: String, what: String)
    case notJSON(path: String, text: String)
    case indexesStayDamaged(path: String, message: String)

    // MARK: Merging and importing

    /// A store that is merged is damaged or inconsistent, and nothing of it is taken.
    case damagedSource(name: String, what: String)
    /// A time in a file that is merged or imported lies outside of ``Moment/range``; which one, and whose.
    case impossibleMoment(name: String, run: Int64?, what: String)
    case mergesItself(path: String)
    /// The greatest number of a run or an experiment has been given.
    case noNumberLeft(path: String, of: NumberedTable)
    case noFile(path: String)
    case notMLflow(path: String, reason: MLflowRefusal)

    /// What keys of params, tags and metrics must not be.
    public enum KeyRule: Sendable {
        case empty, tooLong, controlCharacter, reserved
    }

    /// What paths of artifacts must not be.
    public enum PathRule: Sendable {
        case empty, absolute, goesUp, backslash, controlCharacter, tooLong
    }

    /// Why a file is not taken for MLflow's store.
    public enum MLflowRefusal: Sendable, Equatable {
        case folder, notAFile, notSQLite, isVarve
        case falseTable(name: String, type: String)
        /// What is asked of an MLflow store is not in it; whether it is one, of another version.
        case otherSchema(message: String, isMLflow: Bool)
    }

    /// The class of a fact, by which callers choose a status.
    public enum Code: Sendable {
        /// There is no file at the path, or nothing of the name asked for.
        case missing
        /// The file is no store, belongs to another program, or holds what it must not.
        case invalid
        /// The file is a store, but so damaged that it cannot be opened.
        case damaged
        /// The file is a store, but something else than Varve has changed its schema.
        case altered
        /// The store has a schema that this version of Varve does not know.
        case newer
        /// The file or its folder cannot be created or written.
        case cannotCreate
        /// The store cannot be read.
        case unreadable
        /// There is no room for what is to be written, or the disk is broken.
        case unwritable
        /// Others use the store in a way that does not allow what was asked for.
        case busy
    }

    /// Whether the bytes of a dataset or of weights are not those that were stored.
    public var isDamage: Bool {
        switch self {
        case .damagedDataset, .damagedTensor, .damagedArtifact: true
        default: false
        }
    }

    /// The class that the fact belongs to.
    public var code: Code {
        switch self {
        case .emptyPath, .noStore, .noRun, .notARun, .ambiguousRun, .runGone, .noExperiment, .noDataset, .noWeights,
            .noFile, .noArtifact, .missingArtifact:
            .missing
        case .damaged: .damaged
        case .alteredMigration, .falseTable, .alteredSchema: .altered
        case .newerSchema: .newer
        case .missingFolder, .cannotCreate, .readOnly, .notAFileName, .notAFolderName, .exists, .existsIrregular,
            .folderInUse, .leftoverLog, .isTheStore, .namedLikeLog, .otherKind, .inUse, .hasOtherNames, .mountedAlone,
            .irregularLog:
            .cannotCreate
        case .cannotRead, .lost, .changedWhileRead, .notReadBack, .deletedWhileRecorded,
            .endedByOthers:
            .unreadable
        case .cannotWrite, .noRoom: .unwritable
        case .recording, .othersRead: .busy
        default: .invalid
        }
    }
}
