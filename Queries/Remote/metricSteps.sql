-- The steps at which a run recorded a metric, each once. ?1: run. ?2: key. ?3 and ?4: the first and the last step.
SELECT DISTINCT metrics.step
FROM metric_keys
CROSS JOIN metrics
WHERE metric_keys.key = ?2 AND metrics.run_id = ?1 AND metrics.key_id = metric_keys.id
    AND metrics.step BETWEEN ?3 AND ?4
ORDER BY metrics.step
