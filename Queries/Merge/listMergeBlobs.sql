-- The bytes of tensors to be merged that are not here yet; NULL where they are lost.
SELECT needed.digest, blobs.bytes
FROM (
    SELECT DISTINCT incoming.digest
    FROM temp.merged_runs
    CROSS JOIN source.tensors AS incoming ON incoming.run_id = merged_runs.source_id
    WHERE merged_runs.outcome IN ('added', 'updated')
        AND NOT EXISTS (SELECT 1 FROM main.blobs WHERE blobs.digest = incoming.digest)
) AS needed
LEFT JOIN source.blobs ON blobs.digest = needed.digest
