-- Removes metrics recorded under a number. ?1: the number. ?2: at most this many.
DELETE FROM metrics
WHERE (run_id, key_id, step, timestamp, value, is_nan) IN (
    SELECT run_id, key_id, step, timestamp, value, is_nan FROM metrics WHERE run_id = ?1 LIMIT ?2
)
