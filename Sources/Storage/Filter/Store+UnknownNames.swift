/// A name in a filter that nothing in the store has.
public struct UnknownName: Sendable, Equatable, CustomStringConvertible {
    /// What it names.
    public let kind: RecordedName
    public let name: String

    /// `no run has a layer 'residul3'`.
    public var description: String {
        switch kind {
        case .experiment: "there is no experiment '\(name)'"
        case .architecture: "no run has the architecture '\(name)'"
        case .param, .tag, .metric, .layer: "no run has a \(kind.rawValue) '\(name)'"
        }
    }
}

extension Store {
    /// Looks for a name in a filter that nothing in the store has: where no run was found, it was probably misspelt.
    ///
    /// - Returns: the first one; nil where all are known.
    /// - Throws: ``SQLiteError``.
    public func unknownName(in filter: Filter) throws(SQLiteError) -> UnknownName? {
        for name in filter.condition?.names ?? [] where try !isKnown(name) { return name }
        return nil
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
        guard let name = field.recordedName, try !isKnown(name) else { return nil }
        return name
    }

    private func isKnown(_ name: UnknownName) throws(SQLiteError) -> Bool {
        let isKnown = try connection.prepare(PackageResources.isNameKnown_sql)
        try isKnown.bind(name.kind, name.name)
        return try isKnown.only()
    }
}

extension RunField {
    /// The name that was recorded, if the field has one.
    fileprivate var recordedName: UnknownName? {
        switch self {
        case .attribute: nil
        case .param(let key): UnknownName(kind: .param, name: key)
        case .tag(let key): UnknownName(kind: .tag, name: key)
        case .metric(let key, _): UnknownName(kind: .metric, name: key)
        case .layer(let layer, _): UnknownName(kind: .layer, name: layer)
        }
    }
}

extension Condition {
    /// The names that are asked about, in their order: those of fields, and the architectures and experiments that are meant.
    fileprivate var names: [UnknownName] {
        switch self {
        case .test(.attribute(.architecture), let test): test.texts.map { UnknownName(kind: .architecture, name: $0) }
        case .test(.attribute(.experiment), let test): test.texts.map { UnknownName(kind: .experiment, name: $0) }
        case .test(let field, _): field.recordedName.map { [$0] } ?? []
        case .not(let inner): inner.names
        case .all(let parts), .any(let parts): parts.flatMap(\.names)
        }
    }
}

extension FieldTest {
    /// The texts one of which the field is to equal; those that read as a number equal other texts too, and are left out.
    fileprivate var texts: [String] {
        let values: [FilterValue]
        switch self {
        case .compare(.equal, let value): values = [value]
        case .among(let several): values = several
        default: return []
        }
        return values.compactMap { value in
            guard case .text(let text) = value, case .text = SQLValue(reading: text) else { return nil }
            return text
        }
    }
}
