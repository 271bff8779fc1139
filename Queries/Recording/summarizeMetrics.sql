-- Notes by the rows of a run the latest, the least and the greatest value of each of its metrics. ?1: run.
INSERT INTO run_metric_keys (
    run_id, key_id, step, timestamp, value, is_nan, least, least_step, greatest, greatest_step
)
SELECT
    ?1, extent.key_id, last.step, last.timestamp, last.value, last.is_nan,
    extent.least,
    (
        SELECT step FROM metrics
        WHERE run_id = ?1 AND key_id = extent.key_id AND value = extent.least AND is_nan = 0
        ORDER BY step LIMIT 1
    ),
    extent.greatest,
    (
        SELECT step FROM metrics
        WHERE run_id = ?1 AND key_id = extent.key_id AND value = extent.greatest AND is_nan = 0
        ORDER BY step LIMIT 1
    )
FROM (
    SELECT
        key_id,
        min(CASE is_nan WHEN 0 THEN value END) AS least,
        max(CASE is_nan WHEN 0 THEN value END) AS greatest
    FROM metrics
    WHERE run_id = ?1
    GROUP BY key_id
) AS extent
CROSS JOIN metrics AS last
WHERE last.run_id = ?1
    AND last.key_id = extent.key_id
    AND (last.step, last.timestamp, last.value, last.is_nan) = (
        SELECT step, timestamp, value, is_nan
        FROM metrics
        WHERE run_id = ?1 AND key_id = extent.key_id
        ORDER BY step DESC, timestamp DESC, value DESC, is_nan DESC
        LIMIT 1
    )
