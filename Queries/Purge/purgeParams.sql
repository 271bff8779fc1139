-- Removes the params of a run. ?1: run.
DELETE FROM params WHERE run_id = ?1
