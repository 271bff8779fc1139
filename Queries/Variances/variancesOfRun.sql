-- All variances of a run, by step. ?1: the run's number.
SELECT step, layer_id, variance FROM layer_variances WHERE run_id = ?1 ORDER BY step, layer_id
