-- Dates the runs whose labels were changed by the attached store as they are dated there, if that is later.
UPDATE main.runs
SET updated = max(coalesce(runs.updated, 0), coalesce(incoming.updated, 0))
FROM temp.merged_runs
CROSS JOIN source.runs AS incoming ON incoming.id = merged_runs.source_id
WHERE runs.id = merged_runs.id AND merged_runs.outcome IN ('updated', 'labelled')
