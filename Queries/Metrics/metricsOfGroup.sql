-- The values of the metrics of one side of a comparison at one step, the last of a metric last. ?1: the step. A filter
-- takes the place of the mark. The joins are fixed so that metrics is reached by its primary key.
SELECT runs.id, metrics.key_id, metrics.step, CASE metrics.is_nan WHEN 0 THEN metrics.value END
FROM runs
CROSS JOIN run_metric_keys ON run_metric_keys.run_id = runs.id
CROSS JOIN metrics
    ON metrics.run_id = runs.id AND metrics.key_id = run_metric_keys.key_id AND metrics.step = ?1
WHERE runs.lifecycle = 'active' AND runs.status = 'finished' /* AND filter */
ORDER BY runs.id, metrics.key_id, metrics.timestamp, metrics.value
