import Testing

@testable import Runner

@Suite struct NumPyArithmeticTests {
    struct Vectors: Decodable {
        struct Linspace: Decodable {
            let start: Double
            let stop: Double
            let n: Int
            let bits: [String]
        }
        struct Interpolation: Decodable {
            let values_bits: [String]
            let n: Int
            let out_bits: [String]
        }
        struct Gaussian: Decodable {
            let kernel_bits: [String]
            let numpy_kernel_bits: [String]
            let input_bits: [String]
            let output_with_numpy_kernel_bits: [String]
        }
        struct Sum: Decodable {
            let n: Int
            let sum_bits64: String
            let mean_bits64: String
            let std_bits64: String
            let f32_sum_bits: String
            let f32_mean_bits: String
        }
        let linspace: [Linspace]
        let interp1d: [Interpolation]
        let gaussian: Gaussian
        let sums: [Sum]
    }

    let vectors: Vectors

    init() throws {
        vectors = try fixture("numpy_math")
        #expect(vectors.linspace.count == 5 && vectors.interp1d.count == 5 && vectors.sums.count == 17)
    }

    @Test func `evenly spaced values equal linspace to the bit`() throws {
        for record in vectors.linspace {
            #expect(try NumPy.linspace(record.start, record.stop, record.n) == record.bits.map(double(bits:)))
        }
        #expect(NumPy.linspace(3, 7, 1) == [3])
    }

    @Test func `resampling equals SciPy's interp1d to the bit`() throws {
        for record in vectors.interp1d {
            let values = try record.values_bits.map(double(bits:))
            #expect(try NumPy.resample(values, record.n) == record.out_bits.map(double(bits:)))
        }
    }

    @Test func `the Gaussian kernel equals SciPy's with the C library's exponential`() throws {
        let kernel = try vectors.gaussian.kernel_bits.map(double(bits:))
        #expect(kernel.count == 17)
        for (weight, expected) in zip(NumPy.gaussianWeights, kernel[8...]) {
            #expect(abs(weight - expected) <= expected.ulp)
        }
    }

    @Test func `the Gaussian filter equals SciPy's to the bit for the same kernel`() throws {
        let weights = try vectors.gaussian.numpy_kernel_bits[8...].map(double(bits:))
        let input = try vectors.gaussian.input_bits.map(double(bits:))
        let output = try vectors.gaussian.output_with_numpy_kernel_bits.map(double(bits:))
        #expect(NumPy.gaussianFilter(input, weights: weights) == output)
    }

    @Test func `the Gaussian filter mirrors short signals again and again`() {
        // scipy.ndimage.gaussian_filter([1., 2., 4.], 2) in SciPy 1.17.1
        let expected = [2.16599748798533, 2.333286776290304, 2.5007157357243672]
        for (value, expected) in zip(NumPy.gaussianFilter([1, 2, 4]), expected) {
            #expect(abs(value - expected) < 1e-15)
        }
    }

    @Test func `sums, means and deviations equal NumPy's to the bit in both precisions`() throws {
        for record in vectors.sums {
            let values = (1...record.n).map { i in
                Double(UInt32(truncatingIfNeeded: i &* 2_654_435_761)) / 4_294_967_296 - 0.3
            }
            #expect(try NumPy.sum(values[...]) == double(bits: record.sum_bits64))
            #expect(try NumPy.mean(values[...]) == double(bits: record.mean_bits64))
            #expect(try NumPy.standardDeviation(values[...]) == double(bits: record.std_bits64))
            let floats = values.map(Float.init)
            #expect(try NumPy.sum(floats[...]) == float(bits: record.f32_sum_bits))
            #expect(try NumPy.mean(floats[...]) == float(bits: record.f32_mean_bits))
        }
    }
}
