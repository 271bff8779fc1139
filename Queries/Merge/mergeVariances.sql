-- Copies variances of runs from the attached store, in the order of the key; a layer that is missing there ends it.
INSERT INTO main.layer_variances (run_id, step, layer_id, variance)
SELECT merged_runs.id, incoming.step, merged_layers.id, incoming.variance
FROM temp.merged_runs
CROSS JOIN source.layer_variances AS incoming ON incoming.run_id = merged_runs.source_id
    AND incoming.step <= merged_runs.through_step
LEFT JOIN temp.merged_layers ON merged_layers.source_id = incoming.layer_id
WHERE merged_runs.outcome IN ('added', 'updated') AND merged_runs.after_step IS NULL
