-- How many values of a metric a run recorded in a range of steps. ?1: run. ?2: key. ?3 and ?4: the first and the last step.
SELECT count(*)
FROM metrics
WHERE metrics.run_id = ?1 AND metrics.key_id = (SELECT metric_keys.id FROM metric_keys WHERE metric_keys.key = ?2)
    AND metrics.step BETWEEN ?3 AND ?4
