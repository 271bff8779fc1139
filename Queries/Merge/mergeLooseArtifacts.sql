-- Copies the files of models that no run logged from the attached store; what was put there later counts.
INSERT INTO main.artifacts (run_id, path, digest, size, mime, place, updated)
SELECT 0, incoming.path, incoming.digest, incoming.size, incoming.mime, incoming.place, incoming.updated
FROM source.artifacts AS incoming
WHERE incoming.run_id = 0
ON CONFLICT (run_id, path) DO UPDATE
SET digest = excluded.digest, size = excluded.size, mime = excluded.mime, place = excluded.place,
    updated = excluded.updated
    WHERE excluded.updated > updated AND excluded.digest <> digest
