-- Takes over the metrics of MLflow's runs that are variances of layers; of several at one step the last one counts.
-- ?1: the greatest double, as which MLflow writes an infinity. ?2: infinity.
INSERT INTO main.layer_variances (run_id, step, layer_id, variance)
SELECT
    runs.id, theirs.step, import_layers.id,
    CASE WHEN theirs.is_nan THEN NULL WHEN theirs.value = ?1 THEN ?2 WHEN theirs.value = -?1 THEN -?2 ELSE theirs.value END
FROM mlflow.metrics AS theirs
CROSS JOIN temp.import_layers ON import_layers.key = theirs.key
CROSS JOIN main.runs ON runs.uuid = theirs.run_uuid
WHERE TRUE
ORDER BY runs.id, theirs.step, import_layers.id, theirs.timestamp
ON CONFLICT (run_id, step, layer_id) DO UPDATE SET variance = excluded.variance
