-- The values of one metric at one step of the finished runs, oldest run first. ?1: the metric's key. ?2: the step, NULL for
-- the last one of each run. Of several values at a step the last counts. A filter takes the place of the mark. The joins
-- are fixed so that metrics is reached by its primary key.
SELECT
    runs.id, runs.uuid, runs.architecture, runs.seed, runs.started,
    coalesce(?2, run_metric_keys.step), NULL,
    CASE WHEN ?2 IS NULL THEN CASE run_metric_keys.is_nan WHEN 0 THEN run_metric_keys.value END ELSE (
        SELECT CASE metrics.is_nan WHEN 0 THEN metrics.value END
        FROM metrics
        WHERE metrics.run_id = runs.id AND metrics.key_id = run_metric_keys.key_id AND metrics.step = ?2
        ORDER BY metrics.timestamp DESC, metrics.value DESC, metrics.is_nan DESC
        LIMIT 1
    ) END
FROM metric_keys
CROSS JOIN runs
CROSS JOIN run_metric_keys ON run_metric_keys.run_id = runs.id AND run_metric_keys.key_id = metric_keys.id
WHERE metric_keys.key = ?1 AND runs.lifecycle = 'active' AND runs.status = 'finished'
    AND (?2 IS NULL OR EXISTS (
        SELECT 1
        FROM metrics
        WHERE metrics.run_id = runs.id AND metrics.key_id = run_metric_keys.key_id AND metrics.step = ?2
    )) /* AND filter */
ORDER BY runs.id
