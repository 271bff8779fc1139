-- Removes variances recorded under a number. ?1: the number. ?2: at most this many.
DELETE FROM layer_variances
WHERE (run_id, step, layer_id) IN (SELECT run_id, step, layer_id FROM layer_variances WHERE run_id = ?1 LIMIT ?2)
