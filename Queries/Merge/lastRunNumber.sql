-- The greatest number that was ever given to a run.
SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'runs'
