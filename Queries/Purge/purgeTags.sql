-- Removes the tags of a run. ?1: run.
DELETE FROM tags WHERE run_id = ?1
