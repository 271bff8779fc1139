-- Takes over MLflow's experiments; those of one name in several workspaces are one here.
INSERT INTO main.experiments (name, lifecycle, created, updated)
SELECT name, lifecycle_stage, coalesce(creation_time, 0), coalesce(last_update_time, creation_time, 0)
FROM mlflow.experiments
WHERE TRUE
ORDER BY experiment_id
ON CONFLICT (name) DO NOTHING
