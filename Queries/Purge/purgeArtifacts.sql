-- Removes the artifacts of a run and gives the digests of those that are files. ?1: run.
DELETE FROM artifacts WHERE run_id = ?1 RETURNING iif(place = 'file', digest, NULL)
