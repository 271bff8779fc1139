-- Takes over MLflow's runs, oldest first. The last sign of life of a running one is that of its metrics.
INSERT INTO main.runs (uuid, experiment_id, name, status, lifecycle, started, ended, heartbeat, updated)
SELECT
    theirs.run_uuid, experiments.id, coalesce(nullif(theirs.name, ''), named.value), lower(theirs.status),
    theirs.lifecycle_stage, coalesce(theirs.start_time, theirs.end_time, 0), theirs.end_time,
    CASE theirs.status WHEN 'RUNNING' THEN coalesce(
        (SELECT max(timestamp) FROM mlflow.latest_metrics WHERE latest_metrics.run_uuid = theirs.run_uuid),
        theirs.start_time, 0
    ) END,
    coalesce(theirs.end_time, theirs.start_time, 0)
FROM mlflow.runs AS theirs
LEFT JOIN mlflow.experiments AS origin ON origin.experiment_id = theirs.experiment_id
LEFT JOIN main.experiments ON experiments.name = origin.name
LEFT JOIN mlflow.tags AS named ON named.run_uuid = theirs.run_uuid AND named.key = 'mlflow.runName'
ORDER BY theirs.start_time, theirs.run_uuid
