import Storage

/// Recording through the public interface, to be compared with `ceiling/recording.c`.
enum Recording {
    private static let layers = (0..<7).map { position in
        LayerPlace(
            name: "Layer \(position)",
            shortName: "layer\(position)",
            position: position,
            measure: LayerPlace.populationMean,
            afterNorm: false
        )
    }

    /// Prints rows per second over one run of a number of rows.
    static func rows(store path: String, count: Int) throws {
        let store = try Store(path: path, for: .writing)
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: layers)
        var variances = [Float](repeating: 0, count: layers.count)
        let clock = ContinuousClock()
        let steps = count / layers.count
        let time = try clock.measure {
            for step in 0..<steps {
                for layer in variances.indices { variances[layer] = Float(step * layers.count + layer) * 0.125 }
                try recorder.log(run, step: step, variances: variances)
            }
            try recorder.finish(run, RunEnding(.finished, steps: steps))
        }
        print(Double(steps * layers.count) / (time / .seconds(1)))
    }

    /// Prints blobs per second: the weights of a plain network for a number of runs, hashed before, one transaction a run.
    static func blobs(store path: String, runs: Int) throws {
        let sizes = [(16000, 400)] + Array(repeating: (40000, 400), count: 5) + [(4000, 40)]
        let store = try Store(path: path, for: .writing)
        var recorder = try Recorder(store)
        let clock = ContinuousClock()
        var time = Duration.zero
        for run in 0..<runs {
            var ending = RunEnding(.finished)
            for (index, size) in sizes.flatMap({ [$0.0, $0.1] }).enumerated() {
                var bytes = [UInt8](repeating: UInt8(index), count: size)
                for place in 0..<8 { bytes[place] = UInt8(truncatingIfNeeded: run >> (8 * place)) }
                ending.finalTensors.append(TensorRecord(name: "linear1.weight", shape: [], dtype: "F32", bytes: bytes))
            }
            let open = try recorder.start(NewRun(), layers: [])
            time += try clock.measure { try recorder.finish(open, ending) }
        }
        print(Double(runs * 14) / (time / .seconds(1)))
    }
}
