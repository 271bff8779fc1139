-- The models that a run logged, the first first. ?1: run.
SELECT id FROM logged_models WHERE run_id = ?1 ORDER BY created, id
