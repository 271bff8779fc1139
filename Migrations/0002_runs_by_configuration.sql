-- Finds the runs of a configuration and seed without reading all runs: for sweeps that go on and for history.
CREATE INDEX runs_configuration ON runs (configuration_digest, seed);
