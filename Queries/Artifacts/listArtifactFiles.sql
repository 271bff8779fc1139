-- The files that artifacts are kept in, each with its size and the first run that has it.
SELECT digest, min(size), min(run_id) FROM artifacts WHERE place = 'file' GROUP BY digest ORDER BY digest
