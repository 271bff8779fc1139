-- What was measured at a layer of a run, by step. ?1: the run's number. ?2: the layer's key. ?3 and ?4: the first and the
-- last step.
SELECT step, NULL, variance
FROM layer_variances
WHERE run_id = ?1 AND step BETWEEN ?3 AND ?4 AND layer_id = ?2
ORDER BY step
