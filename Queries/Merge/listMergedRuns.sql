-- What became of the runs of the attached store, in their order there. The last column: how the deletion of a run that was
-- here already came out of it.
SELECT
    merged_runs.source_id, merged_runs.id, incoming.uuid, merged_runs.outcome, merged_runs.difference,
    CASE
        WHEN merged_runs.was_deleted AND runs.lifecycle = 'active' THEN 'undone'
        WHEN merged_runs.was_deleted AND incoming.lifecycle = 'active' THEN 'kept'
        WHEN NOT merged_runs.was_deleted AND runs.lifecycle = 'deleted' THEN 'taken'
    END
FROM temp.merged_runs
CROSS JOIN source.runs AS incoming ON incoming.id = merged_runs.source_id
LEFT JOIN main.runs ON runs.id = merged_runs.id
ORDER BY merged_runs.source_id
