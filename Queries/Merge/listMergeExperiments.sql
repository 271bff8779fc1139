-- The experiments of the attached store. ?1: whether only those that have runs to be merged.
SELECT id, name, lifecycle, created, updated, artifact_location
FROM source.experiments
WHERE NOT ?1 OR id IN (
    SELECT incoming.experiment_id
    FROM temp.merged_runs
    CROSS JOIN source.runs AS incoming ON incoming.id = merged_runs.source_id
)
ORDER BY id
