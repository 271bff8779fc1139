-- How many steps of a layer of a run there are, the first and the last. ?1: the run's number. ?2: the layer's key. ?3 and
-- ?4: the first and the last step that count.
SELECT count(*), min(step), max(step)
FROM layer_variances
WHERE run_id = ?1 AND step BETWEEN ?3 AND ?4 AND layer_id = ?2
