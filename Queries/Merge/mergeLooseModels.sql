-- Copies the models that no run logged from the attached store; of two the one that was changed later counts.
INSERT INTO main.logged_models (id, run_id, experiment_id, created, updated, content)
SELECT incoming.id, NULL, merged_experiments.id, incoming.created, incoming.updated, incoming.content
FROM temp.merged_experiments
CROSS JOIN source.logged_models AS incoming ON incoming.experiment_id = merged_experiments.source_id
WHERE incoming.run_id IS NULL
ON CONFLICT (id) DO UPDATE SET updated = excluded.updated, content = excluded.content
    WHERE excluded.updated > updated
