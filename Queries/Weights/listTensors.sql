-- The tensors kept with a run, initial ones first, also those whose bytes are lost. ?1: run.
SELECT
    tensors.stage, tensors.position, tensors.name, tensors.shape, tensors.dtype, tensors.digest, coalesce(length(blobs.bytes), 0)
FROM tensors
LEFT JOIN blobs ON blobs.digest = tensors.digest
WHERE tensors.run_id = ?1
ORDER BY tensors.stage = 'final', tensors.position
