-- The latest value of each metric of a run, by key; NULL for NaN. ?1: run.
SELECT
    metric_keys.key, iif(run_metric_keys.is_nan, NULL, run_metric_keys.value), run_metric_keys.timestamp,
    run_metric_keys.step
FROM run_metric_keys
CROSS JOIN metric_keys
WHERE run_metric_keys.run_id = ?1 AND metric_keys.id = run_metric_keys.key_id
ORDER BY metric_keys.key
