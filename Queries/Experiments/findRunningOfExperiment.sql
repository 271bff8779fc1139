-- The first run of an experiment that stands as running. ?1: experiment.
SELECT id FROM runs WHERE status = 'running' AND experiment_id = ?1 AND lifecycle = 'active' ORDER BY id LIMIT 1
