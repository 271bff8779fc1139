-- The row of a dataset, and behind it its checksum. ?1: dataset.
SELECT name, digest, source, features, classes, created, checksum FROM datasets WHERE id = ?1
