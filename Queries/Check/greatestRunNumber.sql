-- The greatest number of a run that there is.
SELECT coalesce(max(runs.id), 0) FROM runs
