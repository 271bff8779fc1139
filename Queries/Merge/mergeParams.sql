-- Copies params of runs from the attached store.
INSERT INTO main.params (run_id, key, value)
SELECT merged_runs.id, incoming.key, incoming.value
FROM temp.merged_runs
CROSS JOIN source.params AS incoming ON incoming.run_id = merged_runs.source_id
WHERE merged_runs.outcome IN ('added', 'updated')
