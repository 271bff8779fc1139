-- Copies tags of runs that are here already from the attached store, where they were set later there.
INSERT INTO main.tags (run_id, key, value, updated)
SELECT merged_runs.id, incoming.key, incoming.value, incoming.updated
FROM temp.merged_runs
CROSS JOIN source.tags AS incoming ON incoming.run_id = merged_runs.source_id
WHERE merged_runs.outcome IN ('updated', 'present') AND incoming.updated IS NOT NULL AND incoming.key NOT LIKE 'varve.%'
    AND NOT EXISTS (
        SELECT 1 FROM main.tag_removals
        WHERE tag_removals.run_id = merged_runs.id AND tag_removals.key = incoming.key
            AND tag_removals.removed >= incoming.updated
    )
ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value, updated = excluded.updated
    WHERE excluded.updated > coalesce(updated, 0) AND excluded.value <> value
RETURNING run_id
