-- Copies metrics of runs from the attached store, in the order of the key; a key that is missing there ends it.
INSERT INTO main.metrics (run_id, key_id, step, timestamp, value, is_nan)
SELECT merged_runs.id, merged_keys.id, incoming.step, incoming.timestamp, incoming.value, incoming.is_nan
FROM temp.merged_runs
CROSS JOIN source.metrics AS incoming ON incoming.run_id = merged_runs.source_id
LEFT JOIN temp.merged_keys ON merged_keys.source_id = incoming.key_id
WHERE merged_runs.outcome IN ('added', 'updated') AND NOT merged_runs.grows_metrics
    AND incoming.step <= merged_runs.through_step
