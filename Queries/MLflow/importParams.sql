-- Takes over the params of MLflow's runs.
INSERT INTO main.params (run_id, key, value)
SELECT runs.id, theirs.key, theirs.value
FROM mlflow.params AS theirs
CROSS JOIN main.runs ON runs.uuid = theirs.run_uuid
ORDER BY runs.id, theirs.key
