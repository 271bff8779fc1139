-- The newest finished run of a configuration, seed and dataset that holds the weights and measures asked for. ?1: the configuration's
-- digest. ?2: seed. ?3: dataset. ?4 and ?5: whether initial and final weights are wanted. ?6: the measures that
-- are wanted, a JSON array.
SELECT runs.id
FROM runs
WHERE runs.configuration_digest = ?1 AND runs.seed IS ?2 AND runs.dataset_id IS ?3
    AND runs.status = 'finished' AND runs.lifecycle = 'active'
    AND (NOT ?4 OR EXISTS (SELECT 1 FROM tensors WHERE tensors.run_id = runs.id AND tensors.stage = 'initial'))
    AND (NOT ?5 OR EXISTS (SELECT 1 FROM tensors WHERE tensors.run_id = runs.id AND tensors.stage = 'final'))
    AND NOT EXISTS (
        SELECT 1 FROM json_each(?6) AS wanted
        WHERE NOT EXISTS (
            SELECT 1 FROM layer_variances
            CROSS JOIN layers ON layers.id = layer_variances.layer_id
            WHERE layer_variances.run_id = runs.id AND layer_variances.step = runs.last_step
                AND layers.measure = wanted.value
        )
    )
ORDER BY runs.id DESC
LIMIT 1
