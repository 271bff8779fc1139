extension ResidualNetwork {
    /// Goes over a whole split in evaluation mode: the mean cross entropy, and the share of examples whose greatest
    /// logit is the label's.
    ///
    /// No example knows of the others of its batch, so the result does not depend on the batch's size. Draws nothing and
    /// changes nothing that training goes by: parameters and running statistics stay.
    ///
    /// - Returns: nothing for a split without examples.
    mutating func evaluate(on split: Dataset.Split) -> (loss: Float, accuracy: Double)? {
        guard split.examples > 0 else { return nil }
        var loss = 0.0
        var correct = 0
        for start in stride(from: 0, to: split.examples, by: batchSize) {
            let batch = start..<min(start + batchSize, split.examples)
            load(Int64(batch.lowerBound)..<Int64(batch.upperBound), of: split.inputs)
            forward(.evaluation)
            score(labels: split.labels.span.extracting(batch), loss: &loss, correct: &correct)
        }
        return (Float(loss / Double(split.examples)), Double(correct) / Double(split.examples))
    }
}
