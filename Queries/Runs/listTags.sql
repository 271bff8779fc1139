-- The tags of a run. ?1: its number.
SELECT key, value FROM tags WHERE run_id = ?1 ORDER BY key
