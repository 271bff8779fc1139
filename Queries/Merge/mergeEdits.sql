-- Copies what was changed by hand of runs from the attached store.
INSERT INTO main.edits (run_id, at, field, old, new)
SELECT merged_runs.id, incoming.at, incoming.field, incoming.old, incoming.new
FROM temp.merged_runs
CROSS JOIN source.edits AS incoming ON incoming.run_id = merged_runs.source_id
WHERE merged_runs.outcome IN ('added', 'updated', 'present')
ON CONFLICT DO NOTHING
RETURNING run_id
