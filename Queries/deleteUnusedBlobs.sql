-- Takes away the blobs that belong to no tensor.
DELETE FROM blobs WHERE NOT EXISTS (SELECT 1 FROM tensors WHERE tensors.digest = blobs.digest)
