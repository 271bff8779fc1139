-- Copies what is noted of the layers of runs from the attached store; a layer that is missing there ends it.
INSERT INTO main.run_layers (run_id, layer_id, last_step)
SELECT merged_runs.id, merged_layers.id, incoming.last_step
FROM temp.merged_runs
CROSS JOIN source.run_layers AS incoming ON incoming.run_id = merged_runs.source_id
LEFT JOIN temp.merged_layers ON merged_layers.source_id = incoming.layer_id
WHERE merged_runs.outcome IN ('added', 'updated') AND merged_runs.through_step = 9223372036854775807
