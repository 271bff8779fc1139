-- Copies what is noted of the metrics of runs from the attached store; a key that is missing there ends it.
INSERT INTO main.run_metric_keys (
    run_id, key_id, step, timestamp, value, is_nan, least, least_step, greatest, greatest_step
)
SELECT
    merged_runs.id, merged_keys.id, incoming.step, incoming.timestamp, incoming.value, incoming.is_nan, incoming.least,
    incoming.least_step, incoming.greatest, incoming.greatest_step
FROM temp.merged_runs
CROSS JOIN source.run_metric_keys AS incoming ON incoming.run_id = merged_runs.source_id
LEFT JOIN temp.merged_keys ON merged_keys.source_id = incoming.key_id
WHERE merged_runs.outcome IN ('added', 'updated') AND merged_runs.through_step = 9223372036854775807
