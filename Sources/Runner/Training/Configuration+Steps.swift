extension Configuration {
    /// The number of steps of a run on a dataset, after checking that there can be one.
    ///
    /// - Throws: ``ConfigurationError`` for a setting out of range, a batch too small for a norm, or a network that is
    ///   too large.
    public func steps(on dataset: Dataset) throws(ConfigurationError) -> Int {
        let steps = try steps(examples: dataset.training.examples)
        let size = Slab.size { carver in network(on: dataset, .generic, from: &carver) }
        guard size.total <= Workspace.limit else {
            throw ConfigurationError("width", "and blocks and batch_size together need more than 16 GiB of memory")
        }
        return steps
    }

    /// The network in memory that the carver hands out.
    func network(
        on dataset: Dataset,
        _ instructionSet: InstructionSet,
        from carver: inout Slab.Carver
    ) -> ResidualNetwork {
        ResidualNetwork(
            self,
            features: dataset.features,
            classes: dataset.classes,
            batchSize: min(batchSize, dataset.training.examples),
            instructionSet: instructionSet,
            from: &carver
        )
    }
}
