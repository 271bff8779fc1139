-- The last value of each metric of a run: one seek a key. ?1: the run's number.
SELECT metric_keys.key, last.step, CASE last.is_nan WHEN 0 THEN last.value END
FROM metric_keys
CROSS JOIN metrics AS last
WHERE last.run_id = ?1
    AND last.key_id = metric_keys.id
    AND (last.step, last.timestamp, last.value, last.is_nan) = (
        SELECT step, timestamp, value, is_nan
        FROM metrics
        WHERE run_id = ?1 AND key_id = metric_keys.id
        ORDER BY step DESC, timestamp DESC, value DESC, is_nan DESC
        LIMIT 1
    )
ORDER BY metric_keys.id
