import Analysis

/// What is said of the growth of two groups.
extension ComparedPair {
    /// One line for each side, and how the factors compare.
    public var growthLines: [String] {
        guard !layers.isEmpty else { return [] }
        var lines = sides.map { side in "\(side.group.shown): " + growthLine(of: side) }
        if let ratio = growthRatio, let estimate = ratio.estimate, let interval = ratio.interval {
            let factors = "\(b.name)'s factor is \(fine(estimate)) times \(a.name)'s"
            lines.append("\(factors) (95 % interval \(fine(interval.low)) … \(fine(interval.high)))")
        }
        return lines
    }

    /// Why the growth of a side, or of both, cannot be told.
    var growthReason: String? {
        let reasons = sides.compactMap { side in
            if case .failure(let obstacle) = side.growth.result { (side.name, text(obstacle)) } else { nil }
        }
        if reasons.count == 2, reasons[0].1 == reasons[1].1 { return reasons[0].1 }
        return reasons.isEmpty ? nil : reasons.map { "\($0): \($1)" }.joined(separator: "; ")
    }

    private func growthLine(of side: Side) -> String {
        let growth: Growth
        switch side.growth.result {
        case .failure(let obstacle): return "no growth can be computed: " + text(obstacle)
        case .success(let found): growth = found
        }
        var line = sentence(growth, side.growth.layers)
        let ends = layers.map { ($0, part($0, side)) }.filter { $0.1.isAfterNorm }.compactMap { row, part in
            part.summary.mean.map { "\(short($0)) after the norm at \(title(of: row))" }
        }
        if !ends.isEmpty { line += "; it is " + ends.joined(separator: " and ") }
        if growth.count != side.count { line += " (\(counted(growth.count, "seed")))" }
        if growth.count < 5 { line += " (\(counted(growth.count, "seed")): unstable)" }
        return line
    }

    private func sentence(_ growth: Growth, _ names: [String]) -> String {
        let noun = measure?.noun ?? "variance"
        let read = growth.isFalling ? growth.reversed : growth
        let direction = growth.isFalling ? " towards the input" : ""
        let factor = interval(read.factor, read.factorInterval, fine)
        let places = "\(names.first ?? "") … \(names.last ?? "")"
        let ends = "; the first step is \(fine(read.firstFactor)), the last \(fine(read.lastFactor))"
        let shape = shape(read)
        return switch growth.model {
        case .exponential:
            "each block\(direction) multiplies the \(noun) by \(factor), exponential over \(places)\(shape)\(ends)"
        case .linear:
            "each block\(direction) adds \(interval(read.increment, read.incrementInterval, short)) to the \(noun), "
                + "linear over \(places)\(shape); a factor of \(factor)\(ends)"
        case .slower, .faster:
            "the \(noun) grows\(direction) by a factor of \(factor) a block over \(places), "
                + "\(growth.model == .slower ? "slower than linear" : "faster than exponential")\(shape)\(ends)"
        case .flat:
            "the \(noun) stays near \(short(growth.level)) over \(places), flat: a factor of "
                + "\(interval(growth.factor, growth.factorInterval, fine)) a block" + self.shape(growth)
        case .some(.none):
            "no growth of the \(noun) shown over \(places): a factor of "
                + "\(interval(growth.factor, growth.factorInterval, fine)) a block" + self.shape(growth)
        case .other:
            "the \(noun) follows no such curve over \(places), as a bump or growth that ends: a factor of "
                + "\(interval(growth.factor, growth.factorInterval, fine)) a block" + self.shape(growth)
        case .undecided:
            "the \(noun) grows\(direction) by a factor of \(factor) a block over \(places), shape undecided"
                + (growth.shape == nil ? "" : ":" + shape.dropFirst(", shape".count)) + ends
        case nil:
            "the \(noun) grows\(direction) by a factor of \(factor) a block over \(places); for its shape 4 layers and 3 "
                + "seeds are needed"
        }
    }

    private func interval(_ value: Double, _ interval: Interval, _ text: (Double) -> String) -> String {
        "\(text(value)) (95 % interval \(text(interval.low)) … \(text(interval.high)))"
    }

    private func shape(_ growth: Growth) -> String {
        guard let shape = growth.shape, let interval = growth.shapeInterval else { return ", shape not known" }
        func text(_ value: Double) -> String { formatted("%.2f", value) }
        return ", shape \(text(shape)) (\(text(interval.low)) … \(text(interval.high)))"
    }

    private func text(_ obstacle: SideGrowth.Obstacle) -> String {
        switch obstacle {
        case .share: "a share has no factor of growth"
        case .layers(.fewSums(0)):
            "no layers named residual1, residual2 … were measured before a norm (--growth 'block*' chooses others)"
        case .layers(.fewSums(let count)):
            "only \(counted(count, "layer")) fit, measured before a norm, and 3 are needed (--growth 'block*' chooses others)"
        case .layers(.repeatedBlock(let block)): "block \(block) is there twice, under two names"
        case .layers(.fewSeeds(let count, leftOut: 0)):
            count == 1 ? "one run alone has the layers, and 2 are needed" : "no run has the layers, and 2 are needed"
        case .layers(.fewSeeds(let count, let leftOut)):
            "\(count) of \(count + leftOut) runs have all layers finite and positive, and 2 are needed"
        }
    }
}
