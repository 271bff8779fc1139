-- The tensors kept with a run, initial ones first. ?1: run.
SELECT
    tensors.stage, tensors.position, tensors.name, tensors.shape, tensors.dtype, tensors.digest, length(blobs.bytes)
FROM tensors
CROSS JOIN blobs ON blobs.digest = tensors.digest
WHERE tensors.run_id = ?1
ORDER BY tensors.stage = 'final', tensors.position
