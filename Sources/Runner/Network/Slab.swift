import CKernels
import Glibc

/// The memory of one network in training: a single allocation, aligned to cache lines.
///
/// It begins with all parameters in a row, then their gradients, then their momenta, in the same layout, so that the
/// update is one loop; after them come activations and scratch.
final class Slab {
    /// Hands out the memory; goes through the same motions twice, first to measure, then to place.
    struct Carver {
        fileprivate let start: UnsafeMutablePointer<Float>
        /// The total of parameters, once it is known.
        fileprivate let parameterCount: Int
        fileprivate var parameters = 0
        fileprivate var rest = 0

        /// A trainable matrix and its gradient.
        mutating func parameter(_ rows: Int, _ columns: Int) -> (value: Matrix, gradient: Matrix) {
            let value = place(at: parameters, rows, columns)
            let gradient = place(at: parameterCount + parameters, rows, columns)
            parameters += rows * value.stride
            return (value, gradient)
        }

        /// A matrix that is not trained.
        mutating func matrix(_ rows: Int, _ columns: Int) -> Matrix {
            let matrix = place(at: 3 * parameterCount + rest, rows, columns)
            rest += rows * matrix.stride
            return matrix
        }

        private func place(at offset: Int, _ rows: Int, _ columns: Int) -> Matrix {
            var stride = (columns + 15) & ~15
            // Rows a multiple of 512 bytes apart fall into the same few sets of the cache: three times slower products.
            if stride % 128 == 0 { stride += 16 }
            return Matrix(start: start + offset, rows: rows, columns: columns, stride: stride)
        }
    }

    private var start: UnsafeMutablePointer<Float>?
    private var capacity = 0
    /// The size of the last layout and of its parameters.
    private var layout = (total: 0, parameters: 0)

    deinit { free(start) }

    /// How much memory a layout takes, in floats.
    static func size<Layout>(_ body: (inout Carver) -> Layout) -> (total: Int, parameters: Int) {
        let nowhere = UnsafeMutablePointer<Float>.allocate(capacity: 1)
        defer { nowhere.deallocate() }
        var measure = Carver(start: nowhere, parameterCount: 0)
        _ = body(&measure)
        return (3 * measure.parameters + measure.rest, measure.parameters)
    }

    /// Lays out a network for a fresh run: parameters, gradients and momenta are zero, and so is all padding.
    ///
    /// - Parameter body: Takes what it needs from the carver; called twice.
    /// - Returns: What `body` returned, or nothing if there is not enough memory.
    func carve<Layout>(_ body: (inout Carver) -> Layout) -> Layout? {
        let needed = Self.size(body)
        if needed.total > capacity {
            guard let larger = Self.allocate(needed.total) else { return nil }
            free(start)
            start = larger
            capacity = needed.total
        }
        guard let start else { return nil }
        // In the same layout as before the padding of everything else is still zero.
        start.update(repeating: 0, count: needed == layout ? 3 * needed.parameters : needed.total)
        layout = needed
        var carver = Carver(start: start, parameterCount: needed.parameters)
        return body(&carver)
    }

    /// Does one update of all parameters: v ← µ v + g, p ← p − λ v (PyTorch's `torch.optim.SGD`, no dampening).
    ///
    /// PyTorch's first update takes v = g; with v at zero before it this is the same.
    func update(learningRate: Float, momentum: Float, with kernel: Kernel) {
        guard let start else { return }
        let gradients = start + layout.parameters
        let momenta = gradients + layout.parameters
        varve_descend(kernel.code, layout.parameters, learningRate, momentum, gradients, momenta, start)
    }

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Float>? {
        var bytes: UnsafeMutableRawPointer?
        guard posix_memalign(&bytes, 64, count * 4) == 0 else { return nil }
        return bytes?.bindMemory(to: Float.self, capacity: count)
    }
}
