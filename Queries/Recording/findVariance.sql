-- The variance of a run, step and layer.
SELECT variance FROM layer_variances WHERE run_id = ?1 AND step = ?2 AND layer_id = ?3
