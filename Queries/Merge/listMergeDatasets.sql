-- The datasets of the attached store, with their names taken here and not. ?1: whether only those of runs to be merged.
SELECT id, name, digest, source, features, classes, created
FROM source.datasets
WHERE NOT ?1 OR id IN (
    SELECT incoming.dataset_id
    FROM temp.merged_runs
    CROSS JOIN source.runs AS incoming ON incoming.id = merged_runs.source_id
)
ORDER BY id
