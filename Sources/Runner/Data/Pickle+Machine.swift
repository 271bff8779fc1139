extension Pickle {
    /// Executes the file's opcodes and returns the dictionary that they leave.
    mutating func run() throws(DataError) -> Int {
        guard try reader.integer(UInt8.self) == PickleOpcode.proto.rawValue else {
            throw refusal("a pickle begins with its protocol")
        }
        version = try reader.integer(UInt8.self)
        guard (2...5).contains(version) else {
            throw refusal("pickle protocol \(version) is unknown: protocols 2 to 5 are read")
        }
        for _ in 0..<Self.opcodeLimit {
            let opcode = try nextOpcode()
            if opcode == .stop { return try result() }
            try execute(opcode)
        }
        throw refusal("more than \(Self.opcodeLimit) opcodes: this is no dictionary of a few arrays")
    }

    private mutating func nextOpcode() throws(DataError) -> PickleOpcode {
        if insideFrame, reader.left == 0 {
            insideFrame = false
            reader.limit = reader.bytes.count
        }
        offset = reader.position
        guard reader.left > 0 else { throw refusal("the pickle ends without STOP: it is truncated") }
        let byte = try reader.integer(UInt8.self)
        guard let opcode = PickleOpcode(rawValue: byte) else {
            throw refusal("the opcode 0x\(String(byte, radix: 16)) is none that a dictionary of NumPy arrays needs")
        }
        guard opcode.protocols.contains(version) else {
            throw refusal("the opcode \(opcode) does not belong into a pickle of protocol \(version)")
        }
        return opcode
    }

    private mutating func result() throws(DataError) -> Int {
        guard reader.position == reader.bytes.count else { throw refusal("bytes or a frame go on after STOP") }
        guard marks.isEmpty, stack.count == 1, case .dictionary(let root)? = stack.first else {
            throw refusal("the pickle does not hold exactly one dictionary")
        }
        guard arrays.allSatisfy({ $0.content != nil }), dtypes.allSatisfy({ $0.element != nil }) else {
            throw refusal("the pickle leaves an array or a dtype unfinished")
        }
        return root
    }

    private mutating func execute(_ opcode: PickleOpcode) throws(DataError) {
        switch opcode {
        case .stop, .proto: throw refusal("the protocol is announced twice")
        case .frame: try beginFrame()
        case .mark: marks.append(stack.count)

        case .none: stack.append(.none)
        case .newTrue: stack.append(.bool(true))
        case .newFalse: stack.append(.bool(false))
        case .binInt: stack.append(.integer(Int(Int32(bitPattern: try reader.integer(UInt32.self)))))
        case .binInt1: stack.append(.integer(Int(try reader.integer(UInt8.self))))
        case .binInt2: stack.append(.integer(Int(try reader.integer(UInt16.self))))
        case .long1: stack.append(.integer(try long()))
        case .binFloat:
            _ = try reader.take(8)
            stack.append(.float)
        case .shortBinUnicode: try pushText(UInt64(try reader.integer(UInt8.self)))
        case .binUnicode: try pushText(UInt64(try reader.integer(UInt32.self)))
        case .binUnicode8: try pushText(try reader.integer(UInt64.self))
        case .shortBinBytes: try pushBytes(UInt64(try reader.integer(UInt8.self)))
        case .binBytes: try pushBytes(UInt64(try reader.integer(UInt32.self)))
        case .binBytes8, .byteArray8: try pushBytes(try reader.integer(UInt64.self))

        case .emptyTuple: pushTuple([])
        case .tuple1: try pushTuple(popped(1))
        case .tuple2: try pushTuple(popped(2))
        case .tuple3: try pushTuple(popped(3))
        case .tuple: try pushTuple(poppedToMark())
        case .emptyDict:
            dictionaries.append([:])
            stack.append(.dictionary(dictionaries.count - 1))
        case .setItem: try setItems(popped(2))
        case .setItems: try setItems(poppedToMark())

        case .memoize: try put(memo.count)
        case .binPut: try put(Int(try reader.integer(UInt8.self)))
        case .longBinPut: try put(Int(try reader.integer(UInt32.self)))
        case .binGet: try get(Int(try reader.integer(UInt8.self)))
        case .longBinGet: try get(Int(try reader.integer(UInt32.self)))

        case .global: try pushName(module: try reader.line(), name: try reader.line())
        case .stackGlobal: try pushStackName()
        case .reduce: try call()
        case .build: try build()
        }
    }

    private mutating func beginFrame() throws(DataError) {
        guard !insideFrame else { throw refusal("a frame begins inside a frame") }
        let length = try reader.integer(UInt64.self)
        guard length <= UInt64(reader.left) else {
            throw refusal("a frame of \(length) bytes is announced where only \(reader.left) are left")
        }
        reader.limit = reader.position + Int(length)
        insideFrame = true
    }

    private mutating func long() throws(DataError) -> Int {
        let range = try reader.take(UInt64(try reader.integer(UInt8.self)))
        // Shorter integers have opcodes of their own.
        guard (5...8).contains(range.count), let last = reader.bytes[range].last else {
            throw refusal("an integer of \(range.count) bytes is none that Python writes so, or too large")
        }
        let negative = last >= 0x80
        return reader.bytes[range].reversed().reduce(negative ? -1 : 0) { $0 << 8 | Int($1) }
    }

    private mutating func pushText(_ count: UInt64) throws(DataError) {
        let range = try reader.take(count)
        // Counted once here, not at each use: the memo can repeat a long text many times.
        do {
            _ = try UTF8Span(validating: reader.bytes.span.extracting(range))
        } catch {
            throw refusal("a string is not valid UTF-8")
        }
        var characters = 0
        var isLatin1 = true
        for byte in reader.bytes[range] {
            if byte & 0xC0 != 0x80 { characters += 1 }
            if byte > 0xC3 { isLatin1 = false }
        }
        stack.append(.text(Text(range: range, latin1Count: isLatin1 ? characters : nil)))
    }

    private mutating func pushBytes(_ count: UInt64) throws(DataError) {
        let range = try reader.take(count)
        stack.append(.bytes(Bytes(range: range, count: range.count, isText: false)))
    }
}
