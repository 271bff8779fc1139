-- What became of the runs of the attached store, in their order there.
SELECT merged_runs.source_id, merged_runs.id, incoming.uuid, merged_runs.outcome, merged_runs.difference
FROM temp.merged_runs
CROSS JOIN source.runs AS incoming ON incoming.id = merged_runs.source_id
ORDER BY merged_runs.source_id
