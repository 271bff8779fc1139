-- The last value of each metric of a run. ?1: the run's number.
SELECT metric_keys.key, run_metric_keys.step, CASE run_metric_keys.is_nan WHEN 0 THEN run_metric_keys.value END
FROM run_metric_keys
CROSS JOIN metric_keys ON metric_keys.id = run_metric_keys.key_id
WHERE run_metric_keys.run_id = ?1
ORDER BY run_metric_keys.key_id
