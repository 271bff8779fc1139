-- The first step behind another one at which a run has a variance. ?1: the run's number. ?2: the step.
SELECT step FROM layer_variances WHERE run_id = ?1 AND step > ?2 ORDER BY step LIMIT 1
