-- The data sets that a run was given to read. ?1: run.
SELECT name, digest, content FROM run_inputs WHERE run_id = ?1 ORDER BY name, digest
