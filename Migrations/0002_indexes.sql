-- Indexes for what is done often.

-- Finds the runs of a configuration and seed without reading all runs: for sweeps that go on and for history.
CREATE INDEX runs_configuration ON runs (configuration_digest, seed);

-- Digests are random, so every tensor touched a page of this index that nothing else did: a third of all that storing
-- weights wrote. Only a purge asked by it, and a purge may read the table.
DROP INDEX tensors_digest;
