-- Removes the tensors of a run. ?1: run.
DELETE FROM tensors WHERE run_id = ?1
