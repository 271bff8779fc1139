-- Some of the blobs that no tensor has, with their sizes; reads all tensors. ?1: the digest they come after. ?2: at most
-- so many.
SELECT digest, length(bytes)
FROM blobs
WHERE digest > ?1 AND digest NOT IN (SELECT tensors.digest FROM tensors)
ORDER BY digest
LIMIT ?2
