/// What is to be corrected of runs; what is nil or empty stays as it is.
public struct RunEdit: Sendable {
    /// Another name; an empty one takes the name away.
    public var name: String?
    /// Made where there is none.
    public var experiment: String?
    public var architecture: String?
    public var seed: Int64?
    /// What the numbers of all layers are; see ``LayerPlace/measure``.
    public var measure: String?
    public var status: RunStatus?
    /// The params to set; a later one of the same key counts.
    public var params: [(key: String, value: SQLValue)] = []
    /// The keys of the params to remove, where they are.
    public var removedParams: [String] = []

    public init() {}

    /// Whether it says nothing.
    public var isEmpty: Bool { name == nil && experiment == nil && !changesRecord }

    /// Whether it changes more than what a run is called.
    var changesRecord: Bool {
        architecture != nil || seed != nil || measure != nil || status != nil || !params.isEmpty
            || !removedParams.isEmpty
    }
}

/// One value of a run that was changed by hand.
public struct Edit: Sendable, Equatable {
    /// The number of the run.
    public let run: Int64
    /// Milliseconds since 1970.
    public let at: Int64
    /// A column of runs, `experiment`, `measure`, or a param as `params.KEY`.
    public let field: String
    /// The value before; null where there was none.
    public let old: SQLValue
    /// The value since; null where it was taken away.
    public let new: SQLValue
}
