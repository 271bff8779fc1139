-- Copies the values of metrics of runs that have grown, those behind the latest that is here of each, up to the step that is
-- wanted.
INSERT INTO main.metrics (run_id, key_id, step, timestamp, value, is_nan)
SELECT merged_runs.id, merged_keys.id, incoming.step, incoming.timestamp, incoming.value, incoming.is_nan
FROM temp.merged_runs
CROSS JOIN source.run_metric_keys AS keys ON keys.run_id = merged_runs.source_id
LEFT JOIN temp.merged_keys ON merged_keys.source_id = keys.key_id
LEFT JOIN main.run_metric_keys AS known ON known.run_id = merged_runs.id AND known.key_id = merged_keys.id
CROSS JOIN source.metrics AS incoming
    ON incoming.run_id = keys.run_id AND incoming.key_id = keys.key_id
    AND (incoming.step, incoming.timestamp, incoming.value, incoming.is_nan) > (
        coalesce(known.step, -9223372036854775808), coalesce(known.timestamp, 0), coalesce(known.value, 0),
        coalesce(known.is_nan, 0)
    )
WHERE incoming.step <= merged_runs.through_step AND merged_runs.outcome IN ('added', 'updated') AND merged_runs.grows_metrics
