-- The row of a dataset, and after it its checksum. ?1: dataset.
SELECT name, digest, source, features, classes, created, checksum FROM datasets WHERE id = ?1
