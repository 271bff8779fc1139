extension Pickle {
    /// REDUCE: recognises a call by its name and the exact shape of its arguments.
    mutating func call() throws(DataError) {
        let values = try popped(2)
        guard case .name(let name) = values[0], case .tuple(let range) = values[1] else {
            throw refusal("something other than a known name is called")
        }
        let arguments = tupleElements[range]
        guard let value = try arguments.count <= 4 ? result(of: name, Swift.Array(arguments)) : nil else {
            throw refusal("\(name) is called with arguments that NumPy does not write")
        }
        stack.append(value)
    }

    private mutating func result(of name: Name, _ arguments: [Value]) throws(DataError) -> Value? {
        switch (name, arguments.count) {
        case (.reconstruct, 3):
            guard case .name(.ndarray) = arguments[0], shape(arguments[1]) == [0],
                case .bytes(let type) = arguments[2], reader.bytes[type.range].elementsEqual("b".utf8)
            else { return nil }
            arrays.append(Array())
            return .array(arrays.count - 1)
        case (.fromBuffer, 4):
            guard case .bytes(let bytes) = arguments[0], case .dtype(let index) = arguments[1] else { return nil }
            let columnMajor = isText(arguments[3], "F")
            guard columnMajor || isText(arguments[3], "C") else { return nil }
            arrays.append(try filled(index, arguments[2], columnMajor, bytes))
            return .array(arrays.count - 1)
        case (.dtype, 3):
            guard case .text(let code) = arguments[0], case .bool(false) = arguments[1],
                case .bool(true) = arguments[2]
            else { return nil }
            let bytes = reader.bytes[code.range]
            guard let scalar = NumPyArray.Scalar(rawValue: String(decoding: bytes.prefix(3), as: UTF8.self)) else {
                throw refusal(
                    "the type \(String(quoting: bytes)) is not read: "
                        + "convert inputs with .astype('float32'), labels with .astype('int64')"
                )
            }
            dtypes.append(DType(scalar: scalar))
            return .dtype(dtypes.count - 1)
        case (.encode, 2):
            guard case .text(let text) = arguments[0], let count = text.latin1Count, isText(arguments[1], "latin1")
            else { return nil }
            return .bytes(Bytes(range: text.range, count: count, isText: true))
        case (.bytes, 0):
            return .bytes(Bytes(range: 0..<0, count: 0, isText: false))
        default:
            return nil
        }
    }

    /// BUILD: completes a dtype or an array from its state.
    mutating func build() throws(DataError) {
        let values = try popped(2)
        guard case .tuple(let range) = values[1] else { throw refusal("a state is not a tuple") }
        let state = tupleElements[range]
        switch values[0] {
        case .dtype(let index) where state.count == 8: try complete(dtype: index, Swift.Array(state))
        case .array(let index) where state.count == 5: try fill(array: index, Swift.Array(state))
        default: throw refusal("a state is given to something that NumPy gives none")
        }
        stack.append(values[0])
    }

    /// The state of a plain type: `(3, '<', None, None, None, -1, -1, 0)`.
    private mutating func complete(dtype index: Int, _ state: [Value]) throws(DataError) {
        guard dtypes[index].element == nil, case .integer(3) = state[0], case .text(let order) = state[1],
            case .none = state[2], case .none = state[3], case .none = state[4],
            case .integer(-1) = state[5], case .integer(-1) = state[6], case .integer(0) = state[7],
            let element = NumPyArray.Element(
                dtypes[index].scalar,
                order: String(decoding: reader.bytes[order.range].prefix(2), as: UTF8.self)
            )
        else { throw refusal("the state of a dtype is not that of a plain number") }
        dtypes[index].element = element
    }

    /// The state of an array: `(1, shape, dtype, is_fortran, bytes)`.
    private mutating func fill(array index: Int, _ state: [Value]) throws(DataError) {
        guard arrays[index].content == nil, case .integer(1) = state[0], case .dtype(let dtype) = state[2],
            case .bool(let columnMajor) = state[3], case .bytes(let bytes) = state[4]
        else { throw refusal("the state of an array is not that of plain numbers") }
        arrays[index] = try filled(dtype, state[1], columnMajor, bytes)
    }

    private func filled(_ dtype: Int, _ shape: Value, _ columnMajor: Bool, _ bytes: Bytes) throws(DataError) -> Array {
        guard let shape = self.shape(shape), let element = dtypes[dtype].element,
            // NumPy calls an array column-major only if it is not row-major at the same time.
            !columnMajor || shape.count > 1
        else { throw refusal("an array has no proper shape or type") }
        do throws(DataError) {
            try NumPyArray.check(shape, of: element, byteCount: bytes.count)
        } catch {
            throw refusal(error.message)
        }
        return Array(content: (element, shape, columnMajor, bytes))
    }

    private func shape(_ value: Value) -> [Int]? {
        guard case .tuple(let range) = value, range.count <= NumPyArray.dimensionLimit else { return nil }
        var shape: [Int] = []
        for element in tupleElements[range] {
            guard case .integer(let dimension) = element else { return nil }
            shape.append(dimension)
        }
        return shape
    }

    private func isText(_ value: Value, _ expected: String) -> Bool {
        guard case .text(let text) = value else { return false }
        return reader.bytes[text.range].elementsEqual(expected.utf8)
    }
}
