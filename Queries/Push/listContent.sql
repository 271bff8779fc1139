-- The content that a run refers to by its digest: its dataset, its tensors and its artifacts, each with whether it lies in a
-- file, and its size where that is known. ?1: the run's number.
SELECT datasets.digest, 0, 0 FROM datasets WHERE datasets.id = (SELECT dataset_id FROM runs WHERE id = ?1)
UNION
SELECT tensors.digest, 0, coalesce((SELECT length(bytes) FROM blobs WHERE blobs.digest = tensors.digest), 0)
FROM tensors
WHERE tensors.run_id = ?1
UNION
SELECT artifacts.digest, artifacts.place = 'file', artifacts.size FROM artifacts WHERE artifacts.run_id = ?1
