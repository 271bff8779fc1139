-- The last values of the metrics of one side of a comparison. A filter takes the place of the mark.
SELECT
    runs.id, run_metric_keys.key_id, run_metric_keys.step,
    CASE run_metric_keys.is_nan WHEN 0 THEN run_metric_keys.value END
FROM runs
CROSS JOIN run_metric_keys ON run_metric_keys.run_id = runs.id
WHERE runs.lifecycle = 'active' AND runs.status = 'finished' /* AND filter */
