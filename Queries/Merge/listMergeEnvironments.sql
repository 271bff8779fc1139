-- The environments of the attached store. ?1: whether only those of runs to be merged.
SELECT id, digest, content
FROM source.environments
WHERE NOT ?1 OR id IN (
    SELECT incoming.environment_id
    FROM temp.merged_runs
    CROSS JOIN source.runs AS incoming ON incoming.id = merged_runs.source_id
)
