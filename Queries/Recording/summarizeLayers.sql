-- Notes by the rows of a run the last step of each of its layers. ?1: run.
INSERT INTO run_layers (run_id, layer_id, last_step)
SELECT run_id, layer_id, max(step)
FROM layer_variances
WHERE run_id = ?1 AND EXISTS (SELECT 1 FROM layers WHERE layers.id = layer_variances.layer_id)
GROUP BY layer_id
