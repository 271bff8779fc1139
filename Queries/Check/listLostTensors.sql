-- The tensors whose bytes are missing.
SELECT tensors.run_id, tensors.stage, tensors.name
FROM tensors
LEFT JOIN blobs ON blobs.digest = tensors.digest
WHERE blobs.digest IS NULL
