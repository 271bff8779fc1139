-- How many blobs belong to no tensor and no artifact, and their bytes; reads all of both.
SELECT count(*), coalesce(sum(length(bytes)), 0)
FROM blobs
WHERE digest NOT IN (SELECT tensors.digest FROM tensors)
    AND digest NOT IN (SELECT artifacts.digest FROM artifacts WHERE artifacts.place = 'blob')
