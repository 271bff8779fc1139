-- The values of a run's metrics at one step; one seek for each of its keys. ?1: the run's number. ?2: the step.
SELECT metric_keys.key, metrics.step, CASE metrics.is_nan WHEN 0 THEN metrics.value END
FROM run_metric_keys
CROSS JOIN metrics ON metrics.run_id = ?1 AND metrics.key_id = run_metric_keys.key_id AND metrics.step = ?2
CROSS JOIN metric_keys ON metric_keys.id = run_metric_keys.key_id
WHERE run_metric_keys.run_id = ?1
