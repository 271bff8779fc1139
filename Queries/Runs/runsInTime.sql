-- When the first and the last run began.
SELECT min(started), max(started) FROM runs
