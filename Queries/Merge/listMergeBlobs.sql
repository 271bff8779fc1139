-- The bytes of tensors and artifacts to be merged that are not here yet; NULL where they are lost. ?1: whether also the
-- artifacts of models that no run logged.
SELECT needed.digest, blobs.bytes
FROM (
    SELECT incoming.digest
    FROM temp.merged_runs
    CROSS JOIN source.tensors AS incoming ON incoming.run_id = merged_runs.source_id
    WHERE merged_runs.outcome IN ('added', 'updated')
        AND NOT EXISTS (SELECT 1 FROM main.blobs WHERE blobs.digest = incoming.digest)
    UNION
    SELECT incoming.digest
    FROM temp.merged_runs
    CROSS JOIN source.artifacts AS incoming ON incoming.run_id = merged_runs.source_id
    WHERE merged_runs.outcome IN ('added', 'updated', 'present') AND incoming.place = 'blob'
        AND NOT EXISTS (SELECT 1 FROM main.blobs WHERE blobs.digest = incoming.digest)
    UNION
    SELECT loose.digest
    FROM source.artifacts AS loose
    WHERE ?1 AND loose.run_id = 0 AND loose.place = 'blob'
        AND NOT EXISTS (SELECT 1 FROM main.blobs WHERE blobs.digest = loose.digest)
) AS needed
LEFT JOIN source.blobs ON blobs.digest = needed.digest
