-- An artifact. ?1: run. ?2: path.
SELECT run_id, path, digest, size, mime, place, updated FROM artifacts WHERE run_id = ?1 AND path = ?2
