-- What became of the runs of the attached store, in their order there.
SELECT merged_runs.source_id, merged_runs.id, runs.uuid, merged_runs.outcome
FROM temp.merged_runs
CROSS JOIN main.runs ON runs.id = merged_runs.id
ORDER BY merged_runs.source_id
