-- Removes the variances of a run from a step on. ?1: run. ?2: step.
DELETE FROM layer_variances WHERE run_id = ?1 AND step >= ?2
