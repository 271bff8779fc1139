-- Dates the runs whose labels were changed by the attached store as they are dated there, if that is later.
UPDATE main.runs
SET updated = max(
    coalesce(updated, 0),
    coalesce((SELECT incoming.updated FROM source.runs AS incoming WHERE incoming.uuid = runs.uuid), 0)
)
WHERE id IN (SELECT merged_runs.id FROM temp.merged_runs WHERE merged_runs.outcome IN ('updated', 'labelled'))
