-- Removes what was noted of the layers of a run. ?1: run.
DELETE FROM run_layers WHERE run_id = ?1
