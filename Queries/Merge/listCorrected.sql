-- The runs from the attached store that were edited by hand, here or there, or knew their architecture or seed before it
-- came: with these.
SELECT merged_runs.id, merged_runs.architecture, merged_runs.seed
FROM temp.merged_runs
WHERE merged_runs.outcome IN ('updated', 'labelled')
    AND (
        merged_runs.architecture IS NOT NULL OR merged_runs.seed IS NOT NULL
        OR EXISTS (SELECT 1 FROM main.edits WHERE edits.run_id = merged_runs.id)
    )
