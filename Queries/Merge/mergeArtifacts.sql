-- Copies artifacts of runs from the attached store; of two under one path that which was put there later counts. Gives the
-- runs that it changes.
INSERT INTO main.artifacts (run_id, path, digest, size, mime, place, updated)
SELECT
    merged_runs.id, incoming.path, incoming.digest, incoming.size, incoming.mime, incoming.place, incoming.updated
FROM temp.merged_runs
CROSS JOIN source.artifacts AS incoming ON incoming.run_id = merged_runs.source_id
WHERE merged_runs.outcome IN ('added', 'updated', 'present')
ON CONFLICT (run_id, path) DO UPDATE
SET digest = excluded.digest, size = excluded.size, mime = excluded.mime, place = excluded.place,
    updated = excluded.updated
    WHERE excluded.updated > updated AND excluded.digest <> digest
RETURNING run_id
