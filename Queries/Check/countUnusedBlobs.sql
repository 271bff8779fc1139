-- How many blobs belong to no tensor, and their bytes; reads all tensors.
SELECT count(*), coalesce(sum(length(bytes)), 0) FROM blobs WHERE digest NOT IN (SELECT tensors.digest FROM tensors)
