/// The smallest piece of a filter, with its place.
struct FilterToken {
    enum Kind: Equatable {
        /// A bare word, or a key with what is before its dot: `seed`, `params.width`, ``metrics.`val loss` ``.
        case name(prefix: String?, key: String)
        /// All keys with what stands before their dot: `params.*`.
        case all(prefix: String)
        case number(SQLValue)
        case text(String)
        case symbol(String)
        case end
    }

    let kind: Kind
    /// Where it begins, in bytes of UTF-8.
    let offset: Int
    /// As it was written.
    let source: String

    /// Whether it is a keyword, in any case.
    func isKeyword(_ word: String) -> Bool {
        guard case .name(nil, let key) = kind else { return false }
        return key.uppercased() == word
    }
}

/// Takes a filter apart.
struct FilterLexer {
    private let text: String
    private let scalars: String.UnicodeScalarView
    private var position: String.Index

    init(_ text: String) {
        self.text = text
        scalars = text.unicodeScalars
        position = scalars.startIndex
    }

    /// All tokens; the last one is the end.
    static func tokens(of text: String) throws(FilterError) -> [FilterToken] {
        var lexer = FilterLexer(text)
        var tokens: [FilterToken] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    private var current: Unicode.Scalar? { position < scalars.endIndex ? scalars[position] : nil }

    private var following: Unicode.Scalar? {
        scalars[position...].dropFirst().first
    }

    private mutating func next() throws(FilterError) -> FilterToken {
        while let scalar = current, scalar.properties.isWhitespace { advance() }
        let start = position
        let kind = try kind()
        return FilterToken(kind: kind, offset: offset(of: start), source: String(scalars[start..<position]))
    }

    private mutating func kind() throws(FilterError) -> FilterToken.Kind {
        guard let scalar = current else { return .end }
        switch scalar {
        case "'", "\"": return .text(try quoted())
        case "(", ")", ",", "=": return .symbol(take(1))
        case "!", "<", ">":
            if following == "=" { return .symbol(take(2)) }
            if scalar != "!" { return .symbol(take(1)) }
        case "-", "+", ".", "0"..."9":
            if let number = try number() { return number }
            if scalar == "-" { return .symbol(take(1)) }
        case _ where Self.beginsWord(scalar): return try name()
        default: break
        }
        throw error("'\(scalar)' has no meaning here", at: position, expected: "a field, an operator or a value")
    }

    /// A name up to what cannot be part of it, and a quoted key directly after its last dot.
    private mutating func name() throws(FilterError) -> FilterToken.Kind {
        let start = position
        while let scalar = current, Self.continuesWord(scalar) { advance() }
        let word = String(scalars[start..<position])
        // A mark behind the dot is a letter of the key.
        guard let dot = word.utf8.firstIndex(of: UInt8(ascii: ".")) else { return .name(prefix: nil, key: word) }
        var key = String(word[word.utf8.index(after: dot)...])
        if key.isEmpty {
            if current == "*" {
                advance()
                return .all(prefix: String(word[..<dot]))
            }
            guard let mark = current, mark == "`" || mark == "\"" else {
                throw error("there is no key after '\(word)'", at: position, expected: "a key, as in params.width")
            }
            key = try quoted()
        }
        return .name(prefix: String(word[..<dot]), key: key)
    }

    /// A number, or nil where a sign or a dot begins none.
    private mutating func number() throws(FilterError) -> FilterToken.Kind? {
        let start = position
        if current == "-" || current == "+" { advance() }
        while let scalar = current {
            let isExponentSign = (scalar == "-" || scalar == "+") && endsInExponent(start)
            guard Self.continuesNumber(scalar) || isExponentSign else { break }
            advance()
        }
        let word = String(scalars[start..<position])
        guard NumberText.form(of: word.utf8) != nil else {
            let digits = word.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
            guard let first = digits.first, (48...57).contains(first) else {
                position = start
                return nil
            }
            throw error("'\(word)' is no number", at: start, expected: "a number, as 5, -2.5 or 1e-3")
        }
        if let number = NumberText.number(in: word) { return .number(number) }
        // Whole numbers beyond 64 bits go as reals.
        guard let real = Double(word), real.isFinite else {
            throw error("\(word) is too large", at: start, expected: "a number within a double, or inf")
        }
        if NumberText.vanishes(word, as: real) {
            throw error("\(word) is too near to 0", at: start, expected: "a number within a double, or 0")
        }
        return .number(.real(real))
    }

    private func endsInExponent(_ start: String.Index) -> Bool {
        let word = scalars[start..<position]
        return word.last.map { $0 == "e" || $0 == "E" } == true && word.contains { ("0"..."9").contains($0) }
    }

    /// What is between two equal quotes; a doubled one inside is itself.
    private mutating func quoted() throws(FilterError) -> String {
        let start = position
        guard let quote = current else { return "" }
        advance()
        var content = String.UnicodeScalarView()
        while let scalar = current {
            advance()
            if scalar == quote {
                guard current == quote else { return String(content) }
                advance()
            }
            content.append(scalar)
        }
        throw error("a quote is never closed", at: start, expected: "a closing \(quote)")
    }

    private mutating func take(_ count: Int) -> String {
        let start = position
        for _ in 0..<count { advance() }
        return String(scalars[start..<position])
    }

    private mutating func advance() { position = scalars.index(after: position) }

    private func offset(of index: String.Index) -> Int { text.utf8.distance(from: text.startIndex, to: index) }

    private func error(_ reason: String, at index: String.Index, expected: String) -> FilterError {
        FilterError(reason: reason, expected: expected, text: text, offset: offset(of: index))
    }

    private static func beginsWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic
    }

    /// Whether a name that is not in quotes may hold it.
    static func continuesWord(_ scalar: Unicode.Scalar) -> Bool {
        continuesNumber(scalar) || "_-/:".unicodeScalars.contains(scalar)
            || [.nonspacingMark, .spacingMark].contains(scalar.properties.generalCategory)
    }

    private static func continuesNumber(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "." || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
}
