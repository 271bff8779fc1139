-- What was measured at the layers of a run, by position, the variance first. ?1: the run's number. ?2: the step, NULL for
-- the last one of each layer.
SELECT
    layers.name, layers.short_name, layers.position, layers.measure, layers.after_norm, layer_variances.step,
    layer_variances.variance
FROM run_layers
CROSS JOIN layer_variances
    ON layer_variances.run_id = run_layers.run_id AND layer_variances.step = coalesce(?2, run_layers.last_step)
    AND layer_variances.layer_id = run_layers.layer_id
CROSS JOIN layers ON layers.id = run_layers.layer_id
WHERE run_layers.run_id = ?1
ORDER BY layers.position, layers.measure <> 'population_mean', layers.id
