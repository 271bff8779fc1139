import Foundation
import Testing

@testable import Runner

/// Loss and gradients against the same network written plainly, in double, at sizes that fit no vector.
@Suite struct GradientTests {
    @Test(arguments: Architecture.allCases)
    func `gradients equal the loss's finite differences`(_ architecture: Architecture) throws {
        var configuration = TrainingTests.oddConfiguration(architecture)
        configuration.width = 18
        let data = try TrainingTests.oddData()
        // Some steps first, so that biases and norms have left their initial values; 4 steps end with the short batch.
        var training = try Training(configuration, seed: 3, on: data, in: Workspace())
        for _ in 0..<4 { _ = training.step() }
        var reference = Reference(training.network, architecture)
        let inputs = training.network.input.values.map(Double.init)
        let rows = training.network.input.rows
        #expect(rows == 8)
        let order = training.loader.order.suffix(8)
        reference.inputs = (0..<rows).map { Array(inputs[$0 * 7..<$0 * 7 + 7]) }
        reference.labels = order.map { Int(data.training.labels[Int($0)]) }

        let loss = training.recompute(labels: order.map { data.training.labels[Int($0)] })
        #expect(abs(Double(loss) - reference.loss()) < 1e-5)
        for (name, gradient) in training.gradients {
            let scale = gradient.map(abs).max() ?? 0
            // Some elements of every tensor.
            for i in stride(from: 0, to: gradient.count, by: max(1, gradient.count / 7)) {
                let kept = reference.parameters[name]?[i] ?? 0
                let h = 1e-5
                reference.parameters[name]?[i] = kept + h
                let above = reference.loss()
                reference.parameters[name]?[i] = kept - h
                let below = reference.loss()
                reference.parameters[name]?[i] = kept
                let difference = (above - below) / (2 * h)
                #expect(abs(Double(gradient[i]) - difference) <= 2e-4 * Double(scale) + 2e-7, "\(name) \(i)")
            }
        }
    }
}

extension Training {
    /// Goes forward and backward again over the last batch, with the weights as they are now.
    func recompute(labels: [Int64]) -> Float {
        network.forward()
        let loss = network.loss(labels: labels.span)
        network.backward()
        return loss
    }

    /// All gradients by their tensor's name, without padding.
    var gradients: [(String, [Float])] {
        network.stages.enumerated().flatMap { index, stage in
            let linear = [
                ("linear\(index + 1).weight", stage.linear.weight.gradient.values),
                ("linear\(index + 1).bias", stage.linear.bias.gradient.values),
            ]
            let norms = [
                stage.batchNorm.map { ("batchnorm", $0.weight.gradient, $0.bias.gradient) },
                stage.layerNorm.map { ("layernorm", $0.weight.gradient, $0.bias.gradient) },
            ]
            return linear
                + norms.compactMap(\.self).flatMap { name, weight, bias in
                    [("\(name)\(index + 1).weight", weight.values), ("\(name)\(index + 1).bias", bias.values)]
                }
        }
    }
}

/// A residual network in double, as plainly as possible; only its loss.
private struct Reference {
    var parameters: [String: [Double]]
    var inputs: [[Double]] = []
    var labels: [Int] = []
    let architecture: Architecture
    let blocks: Int

    init(_ network: ResidualNetwork, _ architecture: Architecture) {
        self.architecture = architecture
        blocks = network.stages.count - 2
        let tensors = network.tensors(steps: 0).filter { $0.dtype == .float32 }
        parameters = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.floats.map(Double.init)) })
    }

    func loss() -> Double {
        var f = linear(1, architecture == .batchnorm ? norm(1, inputs) : inputs)
        for j in 2..<blocks + 2 {
            switch architecture {
            case .plain: f = sum(f, linear(j, relu(f)))
            case .branchnorm: f = sum(f, linear(j, relu(norm(j, f))))
            case .layernorm: f = sum(f, linear(j, relu(layerNorm(j, f))))
            case .batchnorm:
                f = norm(j, f)
                f = sum(f, linear(j, relu(f)))
            }
        }
        let logits = linear(blocks + 2, architecture == .batchnorm ? norm(blocks + 2, f) : f)
        let losses = zip(logits, labels).map { z, label in log(z.reduce(0) { $0 + exp($1) }) - z[label] }
        return losses.reduce(0, +) / Double(losses.count)
    }

    private func relu(_ x: [[Double]]) -> [[Double]] { x.map { $0.map { max($0, 0) } } }

    private func sum(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] { zip(a, b).map { zip($0, $1).map(+) } }

    private func linear(_ j: Int, _ x: [[Double]]) -> [[Double]] {
        let (weight, bias) = (parameters["linear\(j).weight"] ?? [], parameters["linear\(j).bias"] ?? [])
        return x.map { row in
            bias.indices.map { o in
                row.indices.reduce(bias[o]) { $0 + row[$1] * weight[o * row.count + $1] }
            }
        }
    }

    private func layerNorm(_ j: Int, _ x: [[Double]]) -> [[Double]] {
        let (weight, bias) = (parameters["layernorm\(j).weight"] ?? [], parameters["layernorm\(j).bias"] ?? [])
        return x.map { row in
            let mean = row.reduce(0, +) / Double(row.count)
            let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
            return row.indices.map { (row[$0] - mean) / (variance + 1e-5).squareRoot() * weight[$0] + bias[$0] }
        }
    }

    private func norm(_ j: Int, _ x: [[Double]]) -> [[Double]] {
        let (weight, bias) = (parameters["batchnorm\(j).weight"] ?? [], parameters["batchnorm\(j).bias"] ?? [])
        let count = Double(x.count)
        let columns = bias.indices.map { c in
            let mean = x.reduce(0) { $0 + $1[c] } / count
            let variance = x.reduce(0) { $0 + ($1[c] - mean) * ($1[c] - mean) } / count
            return x.map { ($0[c] - mean) / (variance + 1e-5).squareRoot() * weight[c] + bias[c] }
        }
        return x.indices.map { row in columns.map { $0[row] } }
    }
}
