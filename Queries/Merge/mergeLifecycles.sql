-- Deletes or restores runs that are here already as they were deleted or restored in the attached store, where they were
-- changed later there. A run does not come back into an experiment that is deleted.
UPDATE main.runs
SET lifecycle = incoming.lifecycle
FROM temp.merged_runs
CROSS JOIN source.runs AS incoming ON incoming.id = merged_runs.source_id
WHERE runs.id = merged_runs.id AND merged_runs.outcome IN ('updated', 'present')
    AND incoming.lifecycle <> runs.lifecycle AND incoming.updated > runs.updated
    AND (incoming.lifecycle = 'deleted' OR EXISTS (
        SELECT 1 FROM main.experiments WHERE experiments.id = runs.experiment_id AND experiments.lifecycle = 'active'
    ))
RETURNING runs.id
