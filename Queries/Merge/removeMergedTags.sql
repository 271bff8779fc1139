-- Removes tags of runs that were removed after they were set.
DELETE FROM main.tags
WHERE run_id IN (SELECT id FROM temp.merged_runs WHERE outcome IN ('updated', 'present'))
    AND EXISTS (
        SELECT 1 FROM main.tag_removals
        WHERE tag_removals.run_id = tags.run_id AND tag_removals.key = tags.key
            AND tag_removals.removed > coalesce(tags.updated, 0)
    )
RETURNING run_id
