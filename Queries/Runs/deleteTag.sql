-- Removes a tag of a run. ?1: run. ?2: key.
DELETE FROM tags WHERE run_id = ?1 AND key = ?2
