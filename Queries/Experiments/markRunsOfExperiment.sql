-- Tags the runs that are deleted because their experiment is, so that it can bring back these and no others.
-- ?1: experiment. ?2: the tag's key. ?3: now.
INSERT INTO tags (run_id, key, value, updated)
SELECT runs.id, ?2, experiments.name, ?3
FROM runs
CROSS JOIN experiments ON experiments.id = runs.experiment_id
WHERE runs.experiment_id = ?1 AND runs.lifecycle = 'active'
ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value, updated = excluded.updated
