-- Takes over the tags of MLflow's runs, but those of keys that are left out. MLflow's note is a note here too.
INSERT INTO main.tags (run_id, key, value)
SELECT runs.id, theirs.key, coalesce(theirs.value, '')
FROM (
    SELECT run_uuid, key, value FROM mlflow.tags
    WHERE NOT EXISTS (SELECT 1 FROM temp.import_odd WHERE kind = 'tag' AND import_odd.key = tags.key)
    UNION ALL
    SELECT run_uuid, 'note', value FROM mlflow.tags WHERE key = 'mlflow.note.content'
) AS theirs
CROSS JOIN main.runs ON runs.uuid = theirs.run_uuid
WHERE TRUE
ON CONFLICT DO NOTHING
