-- Forgets what was edited of a run. ?1: run.
DELETE FROM edits WHERE run_id = ?1
