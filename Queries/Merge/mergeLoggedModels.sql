-- Copies the models that runs logged from the attached store; of two the one that was changed later counts. Gives the runs
-- that it changes.
INSERT INTO main.logged_models (id, run_id, experiment_id, created, updated, content)
SELECT incoming.id, merged_runs.id, runs.experiment_id, incoming.created, incoming.updated, incoming.content
FROM temp.merged_runs
CROSS JOIN source.logged_models AS incoming ON incoming.run_id = merged_runs.source_id
CROSS JOIN main.runs ON runs.id = merged_runs.id
WHERE merged_runs.outcome IN ('added', 'updated', 'present')
ON CONFLICT (id) DO UPDATE SET updated = excluded.updated, content = excluded.content
    WHERE excluded.updated > updated
RETURNING run_id
