-- The first step that a run recorded at or behind another one: one seek. ?1: the run's number. ?2: the other step.
SELECT min(step) FROM layer_variances WHERE run_id = ?1 AND step >= ?2
