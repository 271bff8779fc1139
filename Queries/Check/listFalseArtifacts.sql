-- The artifacts whose bytes are missing from blobs or have another size, or whose run is missing, each with what is wrong.
SELECT
    artifacts.run_id,
    artifacts.path,
    CASE
        WHEN artifacts.run_id <> 0 AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = artifacts.run_id) THEN 'run'
        WHEN artifacts.place = 'file' THEN NULL
        WHEN blobs.digest IS NULL THEN 'bytes'
        WHEN length(blobs.bytes) <> artifacts.size THEN 'size'
    END AS fault
FROM artifacts
LEFT JOIN blobs ON blobs.digest = artifacts.digest
WHERE fault IS NOT NULL
ORDER BY artifacts.run_id, artifacts.path
