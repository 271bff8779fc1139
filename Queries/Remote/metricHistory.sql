-- All values of a metric of a run by time, step and value; NULL for NaN. ?1: run. ?2: key. ?3: at most so many. ?4: behind so
-- many.
SELECT metric_keys.key, iif(metrics.is_nan, NULL, metrics.value), metrics.timestamp, metrics.step
FROM metric_keys
CROSS JOIN metrics
WHERE metric_keys.key = ?2 AND metrics.run_id = ?1 AND metrics.key_id = metric_keys.id
ORDER BY metrics.timestamp, metrics.step, metrics.value, metrics.is_nan
LIMIT ?3 OFFSET ?4
