-- The params of runs, by key within each. ?1: the runs, a JSON list.
SELECT run_id, key, value FROM params WHERE run_id IN (SELECT value FROM json_each(?1)) ORDER BY run_id, key
