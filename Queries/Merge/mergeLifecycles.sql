-- Deletes or restores runs that are here already as they were deleted or restored in the attached store, where they were
-- changed later there. A run does not come back into an experiment that is deleted.
UPDATE main.runs
SET lifecycle = iif(lifecycle = 'active', 'deleted', 'active')
WHERE id IN (SELECT merged_runs.id FROM temp.merged_runs WHERE merged_runs.outcome IN ('updated', 'present'))
    AND EXISTS (
        SELECT 1 FROM source.runs AS incoming
        WHERE incoming.uuid = runs.uuid AND incoming.lifecycle <> runs.lifecycle AND incoming.updated > runs.updated
    )
    AND (lifecycle = 'active' OR EXISTS (
        SELECT 1 FROM main.experiments WHERE experiments.id = runs.experiment_id AND experiments.lifecycle = 'active'
    ))
RETURNING id
