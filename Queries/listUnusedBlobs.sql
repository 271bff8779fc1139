-- Some of the blobs that no tensor has, with their sizes. ?1: the digest they come after. ?2: at most so many.
SELECT digest, length(bytes)
FROM blobs
WHERE digest > ?1 AND NOT EXISTS (SELECT 1 FROM tensors WHERE tensors.digest = blobs.digest)
ORDER BY digest
LIMIT ?2
