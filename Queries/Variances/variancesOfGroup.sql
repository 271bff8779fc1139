-- The variances of one side of a comparison at one step. ?1: the step, NULL for each run's last. A filter takes the
-- place of the mark. The joins are fixed so that layer_variances is reached by its primary key.
SELECT runs.id, layer_variances.layer_id, layer_variances.variance
FROM runs
CROSS JOIN layer_variances
    ON layer_variances.run_id = runs.id AND layer_variances.step = coalesce(?1, runs.last_step)
WHERE runs.lifecycle = 'active' AND runs.status = 'finished' /* AND filter */
