public import Storage

/// One thing of an answer, as named values in order: the form that JSON, CSV, Markdown and tables are made from.
public struct Record: Sendable, Equatable {
    public private(set) var members: [JSON.Member]

    /// Makes a record of members in order.
    public init(_ members: [JSON.Member]) { self.members = members }

    /// The value of a key; null where there is none.
    public subscript(key: String) -> JSON { members.first { $0.key.isExactly(key) }?.value ?? .null }

    /// The record as a JSON object.
    public var json: JSON { .object(members) }

    /// Adds a member.
    public mutating func append(_ key: String, _ value: JSON) { members.append(JSON.Member(key, value)) }

    /// The members with those of objects inside them in their place, as `a_n` for `n` in `a`: the columns of CSV.
    public var flattened: [JSON.Member] {
        members.flatMap { member -> [JSON.Member] in
            guard case .object(let inner) = member.value else { return [member] }
            return Record(inner).flattened.map { JSON.Member("\(member.key)_\($0.key)", $0.value) }
        }
    }
}

extension Record: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self.init(elements.map { JSON.Member($0.0, $0.1) })
    }
}

/// An answer, or one of the things that an answer lists.
public protocol Recordable {
    /// All of it, with the keys that scripts see.
    var record: Record { get }
}

extension JSON {
    public init(_ text: String?) { self = text.map { .string($0) } ?? .null }

    public init(_ integer: Int64?) { self = integer.map { .integer($0) } ?? .null }

    public init(_ real: Double?) { self = real.map { .real($0) } ?? .null }

    public init(_ truth: Bool?) { self = truth.map { .bool($0) } ?? .null }

    public init(_ count: Int) { self = .integer(Int64(count)) }

    public init(_ record: Record?) { self = record?.json ?? .null }

    public init(_ records: [some Recordable]) { self = .array(records.map(\.record.json)) }

    /// JSON text from a column of the store.
    ///
    /// - Throws: ``StoreError`` for text that is none.
    public init(stored text: String, in store: Store) throws {
        do {
            self = try JSON(parsing: text)
        } catch {
            throw StoreError.notJSON(path: store.path, text: text)
        }
    }
}
