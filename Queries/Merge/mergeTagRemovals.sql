-- Copies when tags were removed from runs from the attached store; of two removals the later one counts.
INSERT INTO main.tag_removals (run_id, key, removed)
SELECT merged_runs.id, incoming.key, incoming.removed
FROM temp.merged_runs
CROSS JOIN source.tag_removals AS incoming ON incoming.run_id = merged_runs.source_id
WHERE merged_runs.outcome IN ('added', 'updated', 'present')
ON CONFLICT (run_id, key) DO UPDATE SET removed = excluded.removed WHERE excluded.removed > removed
