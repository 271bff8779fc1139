-- The variances of some layers at one step of the finished runs, oldest run first. ?1: the layers' keys as a JSON array.
-- ?2: the step, NULL for the last one of
-- each layer of each run. ?3 and ?4: what the runs are to be grouped by, and the key of the param or tag.
-- A filter takes the place of the mark. The joins are fixed so that layer_variances is reached by its primary key.
SELECT
    runs.id, runs.uuid, runs.architecture, runs.seed, runs.started, runs.configuration_digest, runs.dataset_id,
    CASE ?3
        WHEN 'architecture' THEN runs.architecture
        WHEN 'experiment' THEN (SELECT name FROM experiments WHERE id = runs.experiment_id)
        WHEN 'param' THEN (SELECT value FROM params WHERE run_id = runs.id AND key = ?4)
        WHEN 'tag' THEN (SELECT value FROM tags WHERE run_id = runs.id AND key = ?4)
        WHEN 'day' THEN date(runs.started / 1000, 'unixepoch')
        WHEN 'commit' THEN
            (SELECT json_extract(content, '$.git_commit') FROM environments WHERE id = runs.environment_id)
    END,
    layer_variances.step, layer_variances.layer_id, layer_variances.variance
FROM runs
CROSS JOIN run_layers
    ON run_layers.run_id = runs.id AND run_layers.layer_id IN (SELECT value FROM json_each(?1))
CROSS JOIN layer_variances
    ON layer_variances.run_id = runs.id AND layer_variances.step = coalesce(?2, run_layers.last_step)
    AND layer_variances.layer_id = run_layers.layer_id
WHERE runs.lifecycle = 'active' AND runs.status = 'finished' /* AND filter */
ORDER BY runs.id, layer_variances.layer_id
