import Storage

/// Words and values of the texts.
extension MLflowSearch {
    mutating func skipSpace() {
        while position < text.count, text[position].isWhitespace { position += 1 }
    }

    mutating func takeWord(_ word: String) -> Bool {
        skipSpace()
        let end = position + word.count
        guard end <= text.count, String(text[position..<end]).uppercased() == word else { return false }
        if end < text.count, text[end].isLetter || text[end].isNumber || text[end] == "_" { return false }
        position = end
        return true
    }

    mutating func takeComparison() -> RemoteSearch.Comparison? {
        skipSpace()
        for word in ["!=", ">=", "<=", "=", ">", "<"] where text[position...].starts(with: word) {
            position += word.count
            return RemoteSearch.Comparison(rawValue: word)
        }
        return nil
    }

    mutating func quoted(for name: String) throws(MLflowError) -> String {
        skipSpace()
        guard position < text.count, ["'", "\""].contains(text[position]) else {
            throw .invalid("Expected a quoted string value for '\(name)' (e.g. 'my-value'). Got value \(rest())")
        }
        let mark = text[position]
        var value = ""
        position += 1
        while position < text.count {
            if text[position] == mark {
                position += 1
                guard position < text.count, text[position] == mark else { return value }
            }
            value.append(text[position])
            position += 1
        }
        throw .invalid("Invalid clause(s) in filter string: a quote is never closed")
    }

    mutating func number(for name: String) throws(MLflowError) -> SQLValue {
        skipSpace()
        let start = position
        while position < text.count, !text[position].isWhitespace, !"=!<>()'\"`,".contains(text[position]) {
            position += 1
        }
        let word = String(text[start..<position])
        if let number = Int64(word) { return .integer(number) }
        if let number = Double(word), number.isFinite { return .real(number) }
        position = start
        throw .invalid("Expected numeric value type for '\(name)'. Found \(rest())")
    }

    func rest() -> String { String(text[position...].prefix(100)) }

    mutating func list(of field: RemoteSearch.Field, _ name: String) throws(MLflowError) -> [SQLValue] {
        switch field {
        case .runID, .experimentID, .datasetName, .datasetDigest, .datasetContext: break
        default: throw .invalid("Only run_id and datasets support comparison with a list of quoted string values.")
        }
        skipSpace()
        guard position < text.count, text[position] == "(" else { throw invalidClause(from: position) }
        position += 1
        var values: [SQLValue] = []
        repeat {
            skipSpace()
            // A comma behind the last one is Python's habit.
            if position < text.count, text[position] == ")", !values.isEmpty { break }
            let value = try quoted(for: name)
            values.append(field == .experimentID ? .integer(try MLflowNames.experimentID(value)) : .text(value))
            skipSpace()
        } while take(",")
        guard take(")") else {
            throw .invalid("While parsing a list in the query, expected a non-empty list of string values")
        }
        return values
    }

    mutating func take(_ mark: Character) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == mark else { return false }
        position += 1
        return true
    }
}
