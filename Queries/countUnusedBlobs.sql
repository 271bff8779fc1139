-- How many blobs belong to no tensor, and their bytes.
SELECT count(*), coalesce(sum(length(bytes)), 0)
FROM blobs
WHERE NOT EXISTS (SELECT 1 FROM tensors WHERE tensors.digest = blobs.digest)
