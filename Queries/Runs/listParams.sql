-- The params of a run. ?1: its number.
SELECT key, value FROM params WHERE run_id = ?1 ORDER BY key
