/// Sixteen neighbouring units of a row, the width in which everything but the matrix products is written.
///
/// Sixteen on every machine: the order of additions across lanes is part of the result's bits.
typealias Lanes = SIMD16<Float>

/// A row-major float32 matrix that lies in a ``Slab`` and does not own its memory.
///
/// Rows are padded to whole ``Lanes`` and the padding is computed along, but never read back into a real column: whatever
/// is summed across columns leaves it out.
struct Matrix {
    let start: UnsafeMutablePointer<Float>
    var rows: Int
    let columns: Int
    /// Floats from one row to the next.
    let stride: Int

    /// The columns with their padding, a multiple of 16.
    var paddedColumns: Int { (columns + 15) & ~15 }

    /// The first element of a row.
    @inline(__always)
    func row(_ row: Int) -> UnsafeMutablePointer<Float> { start + row * stride }

    /// Sixteen elements of a row; `column` is a multiple of 16.
    @inline(__always)
    subscript(row: Int, column: Int) -> Lanes {
        get { Lanes(at: start + (row * stride + column)) }
        nonmutating set { newValue.store(at: start + (row * stride + column)) }
    }

    /// Sixteen elements of the first row: for vectors, such as biases and column sums.
    @inline(__always)
    subscript(column: Int) -> Lanes {
        get { Lanes(at: start + column) }
        nonmutating set { newValue.store(at: start + column) }
    }

    /// Sets everything, padding too, to one value.
    func fill(_ value: Float) {
        for row in 0..<rows { self.row(row).update(repeating: value, count: paddedColumns) }
    }
}

extension SIMDMask<SIMD16<Int32>> {
    /// The lanes from a column on that are after the last of a number of columns.
    @inline(__always)
    static func padding(_ column: Int, _ columns: Int) -> Self {
        let places = SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
        // A comparison with a scalar would go lane by lane.
        return places .>= SIMD16(repeating: Int32(truncatingIfNeeded: columns - column))
    }
}

extension Lanes {
    /// Reads sixteen floats from an address that is a multiple of 64 bytes.
    @inline(__always)
    init(at address: UnsafeMutablePointer<Float>) {
        self = UnsafeRawPointer(address).load(as: Lanes.self)
    }

    /// Writes sixteen floats to an address that is a multiple of 64 bytes.
    @inline(__always)
    func store(at address: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(address).storeBytes(of: self, as: Lanes.self)
    }

    /// Zero instead of values so small that products of them would be denormal, which costs a factor of 20 in time.
    ///
    /// In the source, because flushing in the processor's control register is not the same on every machine.
    @inline(__always)
    var flushed: Lanes { replacing(with: 0, where: (self .< 1e-30) .& (self .> -1e-30)) }

    /// NaN always as the pattern that x86 processors make of an invalid operation.
    ///
    /// Which pattern an operation on two of them hands on depends on the instruction.
    @inline(__always)
    var withOneNaN: Lanes { replacing(with: Float(bitPattern: 0xFFC0_0000), where: self .!= self) }

    /// The sum of all lanes, as a tree that is the same on every machine.
    @inline(__always)
    var treeSum: Float {
        let eight = lowHalf + highHalf
        let four = eight.lowHalf + eight.highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y
    }

    /// The greatest lane; a NaN may be passed over.
    @inline(__always)
    var treeMaximum: Float {
        let eight = lowHalf.replacing(with: highHalf, where: highHalf .> lowHalf)
        let four = eight.lowHalf.replacing(with: eight.highHalf, where: eight.highHalf .> eight.lowHalf)
        let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .> four.lowHalf)
        return two.y > two.x ? two.y : two.x
    }
}
