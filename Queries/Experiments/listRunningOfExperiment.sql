-- The runs of an experiment that are recorded as running. ?1: experiment.
SELECT id FROM runs WHERE status = 'running' AND experiment_id = ?1 AND lifecycle = 'active' ORDER BY id
