-- Whether the content of a digest is in the store itself: of a tensor, an artifact or a dataset. ?1: the digest.
SELECT EXISTS (SELECT 1 FROM blobs WHERE digest = ?1) OR EXISTS (SELECT 1 FROM datasets WHERE digest = ?1)
