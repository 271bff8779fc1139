-- The first step that a run recorded at or after another one: one seek. ?1: the run's number. ?2: the other step.
SELECT min(step) FROM layer_variances WHERE run_id = ?1 AND step >= ?2
