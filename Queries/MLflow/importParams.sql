-- Takes over the params of MLflow's runs, but those of keys that are left out.
INSERT INTO main.params (run_id, key, value)
SELECT runs.id, theirs.key, theirs.value
FROM mlflow.params AS theirs
CROSS JOIN main.runs ON runs.uuid = theirs.run_uuid
WHERE NOT EXISTS (SELECT 1 FROM temp.import_odd WHERE kind = 'param' AND import_odd.key = theirs.key)
ORDER BY runs.id, theirs.key
