-- The values of one metric of a run, by step. ?1: the run's number. ?2: the metric's key.
SELECT step, CASE is_nan WHEN 0 THEN value END
FROM metrics
WHERE run_id = ?1 AND key_id = (SELECT id FROM metric_keys WHERE key = ?2)
ORDER BY step, timestamp, value, is_nan
