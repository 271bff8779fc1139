-- The values of a metric of a run at some steps, by step, time and value; NULL for NaN. ?1: run. ?2: key. ?3: the steps, a
-- JSON list. ?4: at most so many.
SELECT metric_keys.key, iif(metrics.is_nan, NULL, metrics.value), metrics.timestamp, metrics.step
FROM metric_keys
CROSS JOIN json_each(?3) AS wanted
CROSS JOIN metrics
WHERE metric_keys.key = ?2 AND metrics.run_id = ?1 AND metrics.key_id = metric_keys.id AND metrics.step = wanted.value
ORDER BY metrics.step, metrics.timestamp, metrics.value
LIMIT ?4
