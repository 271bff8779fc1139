-- Removes what a run was given to read. ?1: run.
DELETE FROM run_inputs WHERE run_id = ?1
