/// A name in a filter that nothing in the store has.
public struct UnknownName: Sendable, Equatable, CustomStringConvertible {
    /// What it names.
    public let kind: RecordedName
    public let name: String

    /// `no run has a layer 'residul3'`.
    public var description: String { "no run has a \(kind.rawValue) '\(name)'" }
}

extension Store {
    /// Looks for a name in a filter that nothing in the store has: where no run was found, it was probably misspelt.
    ///
    /// - Returns: the first one; nil where all are known.
    /// - Throws: ``SQLiteError``.
    public func unknownName(in filter: Filter) throws(SQLiteError) -> UnknownName? {
        try unknownName(among: filter.condition?.fields ?? [])
    }

    /// Looks for a name among fields that nothing in the store has.
    ///
    /// - Returns: the first one; nil where all are known.
    /// - Throws: ``SQLiteError``.
    public func unknownName(among fields: [RunField]) throws(SQLiteError) -> UnknownName? {
        for field in fields {
            if let unknown = try unknownName(of: field) { return unknown }
        }
        return nil
    }

    /// The name of a field that nothing in the store has; nil where something has it.
    ///
    /// - Throws: ``SQLiteError``.
    public func unknownName(of field: RunField) throws(SQLiteError) -> UnknownName? {
        let kind: RecordedName
        let name: String
        switch field {
        case .attribute: return nil
        case .param(let key): (kind, name) = (.param, key)
        case .tag(let key): (kind, name) = (.tag, key)
        case .metric(let key, _): (kind, name) = (.metric, key)
        case .layer(let layer, _): (kind, name) = (.layer, layer)
        }
        let isKnown = try connection.prepare(PackageResources.isNameKnown_sql)
        try isKnown.bind(kind, name)
        return try isKnown.only() ? nil : UnknownName(kind: kind, name: name)
    }
}

extension Condition {
    /// The fields that are asked about, in their order.
    fileprivate var fields: [RunField] {
        switch self {
        case .test(let field, _): [field]
        case .not(let inner): inner.fields
        case .all(let parts), .any(let parts): parts.flatMap(\.fields)
        }
    }
}
