-- Lets the run numbers so far count as numbers with gaps that nobody knows the reason of, as in a copy of some runs.
INSERT INTO settings (key, value)
SELECT 'purges_known_from', 1 + min(9223372036854775806, coalesce(max(seq), 0))
FROM sqlite_sequence
WHERE name = 'runs'
ON CONFLICT DO UPDATE SET value = excluded.value
