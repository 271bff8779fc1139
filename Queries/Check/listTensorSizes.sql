-- What each tensor is said to be and how many bytes it has.
SELECT tensors.run_id, tensors.stage, tensors.name, tensors.shape, tensors.dtype, length(blobs.bytes)
FROM tensors
CROSS JOIN blobs ON blobs.digest = tensors.digest
