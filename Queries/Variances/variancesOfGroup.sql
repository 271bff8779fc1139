-- The variances of one side of a comparison at one step. ?1: the step, NULL for the last one of each layer of each run. A
-- filter takes the place of the mark. The joins are fixed so that layer_variances is reached by its primary key.
SELECT runs.id, layer_variances.layer_id, layer_variances.step, layer_variances.variance
FROM runs
CROSS JOIN run_layers ON run_layers.run_id = runs.id
CROSS JOIN layer_variances
    ON layer_variances.run_id = runs.id AND layer_variances.step = coalesce(?1, run_layers.last_step)
    AND layer_variances.layer_id = run_layers.layer_id
WHERE runs.lifecycle = 'active' AND runs.status = 'finished' /* AND filter */
