-- The values of a run's metrics, by metric and step. ?1: the run's number.
SELECT metric_keys.key, metrics.step, metrics.timestamp, CASE metrics.is_nan WHEN 0 THEN metrics.value END
FROM metrics
CROSS JOIN metric_keys ON metric_keys.id = metrics.key_id
WHERE metrics.run_id = ?1
ORDER BY metrics.key_id, metrics.step, metrics.timestamp, metrics.value
