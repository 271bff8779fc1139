-- The values of a metric of a run that have some places among those in a range of steps, by step, time and value; NULL for NaN.
-- ?1: run. ?2: key. ?3 and ?4: the first and the last step. ?5: the places, counted from 0, a JSON list.
SELECT ?2, iif(placed.is_nan, NULL, placed.value), placed.timestamp, placed.step
FROM (
    SELECT
        metrics.value, metrics.is_nan, metrics.timestamp, metrics.step,
        row_number() OVER (ORDER BY metrics.step, metrics.timestamp, metrics.value, metrics.is_nan) - 1 AS place
    FROM metrics
    WHERE metrics.run_id = ?1 AND metrics.key_id = (SELECT metric_keys.id FROM metric_keys WHERE metric_keys.key = ?2)
        AND metrics.step BETWEEN ?3 AND ?4
) AS placed
WHERE placed.place IN (SELECT value FROM json_each(?5))
ORDER BY placed.place
