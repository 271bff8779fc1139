-- Removes the models that a run logged. ?1: run.
DELETE FROM logged_models WHERE run_id = ?1
