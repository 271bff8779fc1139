-- Removes the models without a run of deleted experiments that have no runs any more.
DELETE FROM logged_models
WHERE run_id IS NULL
    AND experiment_id IN (
        SELECT experiments.id
        FROM experiments
        WHERE experiments.lifecycle = 'deleted'
            AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.experiment_id = experiments.id)
    )
