-- Takes over the tags of MLflow's runs, but those of keys that are left out. MLflow's note is a note here too. MLflow does
-- not say when a tag was set: the run's last sign of life stands for it, so the tags of a run that went on follow.
INSERT INTO main.tags (run_id, key, value, updated)
SELECT runs.id, theirs.key, coalesce(theirs.value, ''), max(coalesce(runs.heartbeat, 0), runs.updated)
FROM (
    SELECT run_uuid, key, value FROM mlflow.tags
    WHERE NOT EXISTS (SELECT 1 FROM temp.import_odd WHERE kind = 'tag' AND import_odd.key = tags.key)
    UNION ALL
    SELECT run_uuid, 'note', value FROM mlflow.tags WHERE key = 'mlflow.note.content'
) AS theirs
CROSS JOIN main.runs ON runs.uuid = theirs.run_uuid
WHERE TRUE
ON CONFLICT DO NOTHING
