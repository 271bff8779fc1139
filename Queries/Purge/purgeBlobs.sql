-- Removes some of the blobs that no tensor and no artifact has, and gives their digests and sizes; reads all of both. ?1:
-- the digest they come after. ?2: at most this many.
DELETE FROM blobs
WHERE digest IN (
    SELECT digest
    FROM blobs
    WHERE digest > ?1
        AND digest NOT IN (SELECT tensors.digest FROM tensors)
        AND digest NOT IN (SELECT artifacts.digest FROM artifacts WHERE artifacts.place = 'blob')
    ORDER BY digest
    LIMIT ?2
)
RETURNING digest, length(bytes)
