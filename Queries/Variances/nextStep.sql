-- The first recorded step of a run behind another one: one seek. ?1: the run's number. ?2: the other step, -1 for the
-- first of all.
SELECT min(step) FROM layer_variances WHERE run_id = ?1 AND step > ?2
