-- The newest finished run of a configuration, seed and dataset that holds the weights asked for. ?1: the configuration's
-- digest. ?2: seed. ?3: dataset. ?4 and ?5: whether initial and final weights are wanted.
SELECT runs.id
FROM runs
WHERE runs.configuration_digest = ?1 AND runs.seed IS ?2 AND runs.dataset_id IS ?3
    AND runs.status = 'finished' AND runs.lifecycle = 'active'
    AND (NOT ?4 OR EXISTS (SELECT 1 FROM tensors WHERE tensors.run_id = runs.id AND tensors.stage = 'initial'))
    AND (NOT ?5 OR EXISTS (SELECT 1 FROM tensors WHERE tensors.run_id = runs.id AND tensors.stage = 'final'))
ORDER BY runs.id DESC
LIMIT 1
