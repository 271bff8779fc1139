-- The values of one metric of a run, by step. ?1: the run's number. ?2: the metric's key. ?3 and ?4: the first and the last
-- step.
SELECT step, timestamp, CASE is_nan WHEN 0 THEN value END
FROM metrics
WHERE run_id = ?1 AND key_id = (SELECT id FROM metric_keys WHERE key = ?2) AND step BETWEEN ?3 AND ?4
ORDER BY step, timestamp, value, is_nan
