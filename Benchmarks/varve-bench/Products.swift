import CBench
import CKernels
import Runner

/// Times the products of one step of the plain network, batch 200, and the machine's peak in turn.
func products() {
    let set = varve_widest_instruction_set()
    let lanes = set == varve_avx512 ? 16 : set == varve_avx2 ? 8 : 4
    // Name, m, n, k, transposed, how often in a step.
    let shapes: [(name: String, m: Int, n: Int, k: Int, transposed: Bool, count: Int)] = [
        ("forward 40-100", 200, 100, 40, false, 1), ("forward 100-100", 200, 100, 100, false, 5),
        ("forward 100-10", 200, 10, 100, false, 1), ("weight 40-100", 100, 40, 200, true, 1),
        ("weight 100-100", 100, 100, 200, true, 5), ("weight 100-10", 10, 100, 200, true, 1),
        ("input 100-100", 200, 100, 100, false, 5), ("input 100-10", 200, 100, 10, false, 1),
    ]
    let size = 1 << 16
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 3 * size * 4, alignment: 64)
        .bindMemory(to: Float.self, capacity: 3 * size)
    defer { memory.deallocate() }
    for i in 0..<3 * size { memory[i] = Float(i % 997) / 997 - 0.5 }

    var times = [[Double]](repeating: [], count: shapes.count)
    var peaks: [Double] = []
    var sink: Float = 0
    for _ in 0..<41 {
        peaks.append(Timing(repeating: 1) { sink += varve_bench_peak(Int32(lanes), 100_000) }.best)
        for (i, shape) in shapes.enumerated() {
            func stride(_ columns: Int) -> Int { (columns + 15) & ~15 }
            var product = varve_product()
            (product.m, product.n, product.k) = (shape.m, shape.n, shape.k)
            product.a = UnsafePointer(memory)
            product.a_stride = stride(shape.transposed ? shape.m : shape.k)
            product.b = UnsafePointer(memory + size)
            product.b_stride = stride(shape.n)
            product.c = memory + 2 * size
            product.c_stride = stride(shape.n)
            let multiply = shape.transposed ? varve_multiply_transposed : varve_multiply
            times[i].append(
                Timing(repeating: 1) { for _ in 0..<10 { multiply(set, &product) } }.best / 10
            )
        }
    }

    let peak = Double(12 * 2 * lanes * 100_000) / Timing(peaks).median
    var total = (seconds: 0.0, operations: 0.0)
    for (shape, times) in zip(shapes, times) {
        let timing = Timing(times)
        let operations = Double(2 * shape.m * shape.n * shape.k)
        let rate = operations / timing.median
        let extra = ", \"gflops\": \(rounded(rate / 1e9)), \"of_peak\": \(rounded(rate / peak))"
        report("gemm", shape.name, timing, extra: extra)
        total.seconds += timing.median * Double(shape.count)
        total.operations += operations * Double(shape.count)
    }
    let rate = total.operations / total.seconds
    print(
        "{\"bench\": \"gemm\", \"name\": \"plain step\", \"median_ms\": \(rounded(total.seconds * 1e3)), "
            + "\"gflops\": \(rounded(rate / 1e9)), \"peak_gflops\": \(rounded(peak / 1e9)), "
            + "\"of_peak\": \(rounded(rate / peak)), \"instruction_set\": \"\(InstructionSet.widest.rawValue)\"}"
    )
    precondition(sink.isFinite)
}
