-- What was measured of a run at one step, by position, the variance first. ?1: the run's number. ?2: the step.
SELECT layers.name, layers.short_name, layers.position, layers.measure, layers.after_norm, layer_variances.step,
    layer_variances.variance
FROM layer_variances
CROSS JOIN layers ON layers.id = layer_variances.layer_id
WHERE layer_variances.run_id = ?1 AND layer_variances.step = ?2
ORDER BY layers.position, layers.measure <> 'population_mean', layers.id
