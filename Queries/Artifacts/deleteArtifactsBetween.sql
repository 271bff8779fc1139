-- Takes the artifacts out of a run whose paths lie between two others. ?1: run. ?2: from this path on. ?3: before this path.
DELETE FROM artifacts WHERE run_id = ?1 AND path >= ?2 AND path < ?3
