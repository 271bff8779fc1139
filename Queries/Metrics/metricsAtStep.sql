-- The values of a run's metrics at one step; one seek a key. ?1: the run's number. ?2: the step.
SELECT metric_keys.key, metrics.step, CASE metrics.is_nan WHEN 0 THEN metrics.value END
FROM metric_keys
CROSS JOIN metrics ON metrics.run_id = ?1 AND metrics.key_id = metric_keys.id AND metrics.step = ?2
