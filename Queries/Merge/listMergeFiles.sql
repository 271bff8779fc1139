-- The files of artifacts to be merged, each with its size. ?1: whether also those of models that no run logged.
SELECT digest, min(size)
FROM (
    SELECT incoming.digest AS digest, incoming.size AS size
    FROM temp.merged_runs
    CROSS JOIN source.artifacts AS incoming ON incoming.run_id = merged_runs.source_id
    WHERE merged_runs.outcome IN ('added', 'updated', 'present') AND incoming.place = 'file'
    UNION ALL
    SELECT loose.digest, loose.size FROM source.artifacts AS loose WHERE ?1 AND loose.run_id = 0 AND loose.place = 'file'
)
GROUP BY digest
