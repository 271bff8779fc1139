-- Forgets which tags of a run were removed. ?1: run.
DELETE FROM tag_removals WHERE run_id = ?1
