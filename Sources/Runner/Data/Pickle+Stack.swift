extension Pickle {
    mutating func popped(_ count: Int) throws(DataError) -> [Value] {
        guard stack.count - count >= marks.last ?? 0 else { throw refusal("the stack holds too few values") }
        let values = Swift.Array(stack.suffix(count))
        stack.removeLast(count)
        return values
    }

    mutating func poppedToMark() throws(DataError) -> [Value] {
        guard let mark = marks.last else { throw refusal("the stack has no mark") }
        let values = try popped(stack.count - mark)
        marks.removeLast()
        return values
    }

    mutating func pushTuple(_ values: [Value]) {
        let start = tupleElements.count
        tupleElements += values
        stack.append(.tuple(start..<tupleElements.count))
    }

    /// Writes key and value pairs into the dictionary on top of the stack.
    mutating func setItems(_ pairs: [Value]) throws(DataError) {
        guard case .dictionary(let index)? = try popped(1).first, pairs.count.isMultiple(of: 2) else {
            throw refusal("there is no dictionary that takes these items")
        }
        for i in stride(from: 0, to: pairs.count, by: 2) {
            guard case .text(let key) = pairs[i], key.range.count <= Self.keyLimit else {
                throw refusal("a key of a dictionary is not a short string")
            }
            let bytes = reader.bytes[key.range]
            guard dictionaries[index].updateValue(pairs[i + 1], forKey: String(decoding: bytes, as: UTF8.self)) == nil
            else { throw refusal("the key \(String(quoting: bytes)) occurs twice in a dictionary") }
        }
        stack.append(.dictionary(index))
    }

    /// Remembers the top of the stack; Python numbers the memo without gaps.
    mutating func put(_ index: Int) throws(DataError) {
        guard index == memo.count, stack.count > marks.last ?? 0, let top = stack.last else {
            throw refusal("memo entry \(index) is written where entry \(memo.count) belongs")
        }
        memo.append(top)
    }

    mutating func get(_ index: Int) throws(DataError) {
        guard memo.indices.contains(index) else { throw refusal("memo entry \(index) does not exist") }
        stack.append(memo[index])
    }

    mutating func pushStackName() throws(DataError) {
        let values = try popped(2)
        guard case .text(let module) = values[0], case .text(let name) = values[1] else {
            throw refusal("a name is not given as two strings")
        }
        try pushName(module: module.range, name: name.range)
    }

    mutating func pushName(module: Range<Int>, name: Range<Int>) throws(DataError) {
        let (module, name) = (reader.bytes[module], reader.bytes[name])
        let known: [(name: String, modules: [String], protocols: ClosedRange<UInt8>, Name)] = [
            ("_reconstruct", ["numpy._core.multiarray", "numpy.core.multiarray"], 2...5, .reconstruct),
            ("_frombuffer", ["numpy._core.numeric", "numpy.core.numeric"], 5...5, .fromBuffer),
            ("ndarray", ["numpy"], 2...5, .ndarray),
            ("dtype", ["numpy"], 2...5, .dtype),
            ("encode", ["_codecs"], 2...2, .encode),
            ("bytes", ["__builtin__"], 2...2, .bytes),
        ]
        let match = known.first { entry in
            name.elementsEqual(entry.name.utf8) && entry.protocols.contains(version)
                && entry.modules.contains { module.elementsEqual($0.utf8) }
        }
        guard let match else {
            throw refusal(
                "the pickle refers to \(String(quoting: name)) of the module \(String(quoting: module)): "
                    + "only NumPy's arrays are read and nothing is executed"
            )
        }
        stack.append(.name(match.3))
    }
}
