-- The latest value of each metric of runs, by key; NULL for NaN. ?1: the runs, a JSON list.
SELECT
    run_metric_keys.run_id, metric_keys.key, iif(run_metric_keys.is_nan, NULL, run_metric_keys.value),
    run_metric_keys.timestamp, run_metric_keys.step
FROM run_metric_keys
CROSS JOIN metric_keys
WHERE run_metric_keys.run_id IN (SELECT value FROM json_each(?1)) AND metric_keys.id = run_metric_keys.key_id
ORDER BY metric_keys.key
