-- The values of a run's metrics with the keys of the metrics, by metric, step and time. ?1: the run's number.
SELECT key_id, step, CASE is_nan WHEN 0 THEN value END
FROM metrics
WHERE run_id = ?1
ORDER BY key_id, step, timestamp, value
