-- Takes an artifact out of a run. ?1: run. ?2: path.
DELETE FROM artifacts WHERE run_id = ?1 AND path = ?2
