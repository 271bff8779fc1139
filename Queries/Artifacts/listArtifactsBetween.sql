-- The artifacts of a run whose paths lie between two others, by path. ?1: run. ?2: from this path on. ?3: before this path.
SELECT run_id, path, digest, size, mime, place, updated
FROM artifacts
WHERE run_id = ?1 AND path >= ?2 AND path < ?3
ORDER BY path
