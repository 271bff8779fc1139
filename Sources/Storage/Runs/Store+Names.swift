/// What is recorded under names.
public enum RecordedName: String, Sendable, SQLConvertible {
    case param, tag, metric
    /// The long names of layers.
    case layer
    /// The words of runs for their networks.
    case architecture
    case experiment
}

extension Store {
    /// The names that there are, also of runs that were deleted; Varve's own tags are left out.
    ///
    /// - Parameters:
    ///   - kind: of what.
    ///   - prefix: what they begin with, byte by byte.
    ///   - limit: at most this many; nil for all.
    ///   - latestRuns: of params and tags those that so many latest runs have; nil for all runs, which are all read.
    /// - Returns: the names, sorted byte by byte.
    /// - Throws: ``SQLiteError``.
    public func names(
        of kind: RecordedName,
        beginningWith prefix: String = "",
        limit: Int? = nil,
        latestRuns: Int? = nil
    ) throws(SQLiteError) -> [String] {
        let list = try connection.prepare(PackageResources.listNames_sql)
        try list.bind(kind, prefix, Self.successor(of: prefix), limit ?? -1, latestRuns)
        return try list.rows { (name: String) in name }
    }

    /// The first text after all that begin with a prefix; nil where there is none.
    private static func successor(of prefix: String) -> String? {
        var scalars = Array(prefix.unicodeScalars)
        while let last = scalars.popLast() {
            // Surrogates are no scalars.
            guard let next = Unicode.Scalar(last.value == 0xD7FF ? 0xE000 : last.value + 1) else { continue }
            scalars.append(next)
            return String(String.UnicodeScalarView(scalars))
        }
        return nil
    }
}
