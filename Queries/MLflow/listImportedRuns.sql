-- The runs of a store, each with whether it has ended.
SELECT id, status IN ('finished', 'failed', 'killed') FROM runs
