-- The number of runs.
SELECT count(*) FROM runs
