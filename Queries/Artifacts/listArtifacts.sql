-- The artifacts of a run, by path. ?1: run.
SELECT run_id, path, digest, size, mime, place, updated FROM artifacts WHERE run_id = ?1 ORDER BY path
