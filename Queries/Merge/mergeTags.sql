-- Copies tags of runs from the attached store; those that a run has here already stay.
INSERT INTO main.tags (run_id, key, value, updated)
SELECT merged_runs.id, incoming.key, incoming.value, incoming.updated
FROM temp.merged_runs
CROSS JOIN source.tags AS incoming ON incoming.run_id = merged_runs.source_id
WHERE merged_runs.outcome IN ('added', 'updated')
ON CONFLICT DO NOTHING
