-- Takes over the metrics of MLflow's runs that are no variances. MLflow writes an infinity as the greatest double.
-- ?1: that double. ?2: infinity.
INSERT INTO main.metrics (run_id, key_id, step, timestamp, value, is_nan)
SELECT
    runs.id, import_keys.id, theirs.step, theirs.timestamp,
    CASE WHEN theirs.is_nan THEN 0 WHEN theirs.value = ?1 THEN ?2 WHEN theirs.value = -?1 THEN -?2 ELSE theirs.value END,
    theirs.is_nan
FROM mlflow.metrics AS theirs
CROSS JOIN temp.import_keys ON import_keys.key = theirs.key
CROSS JOIN main.runs ON runs.uuid = theirs.run_uuid
WHERE TRUE
ORDER BY runs.id, import_keys.id, theirs.step, theirs.timestamp
ON CONFLICT DO NOTHING
